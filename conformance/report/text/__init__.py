"""Reports for a terminal: plain lines that fit its width."""
