"""What is sent: events and their fields, batches, tokens, Hypothesis strategies and the OpenAPI description.

It builds values and sends nothing. It imports no other room.
"""
