# The suite as a container:  docker build -t beacon-conformance .
# mkdir -p reports && docker run --rm --user "$(id -u)" -e BEACON_TOKEN -e BEACON_ORIGIN -e BEACON_OTHER_ORIGIN \
#   -v "$PWD/reports:/srv/beacon/reports" beacon-conformance run --target https://staging.example
FROM python:3.13.7-slim-bookworm@sha256:adafcc17694d715c905b4c7bebd96907a1fd5cf183395f0ebc4d3428bd22d92d AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY openapi openapi
COPY ci ci
COPY conformance conformance
RUN python -m pip wheel --no-cache-dir --no-deps --wheel-dir /wheels .

FROM python:3.13.7-slim-bookworm@sha256:adafcc17694d715c905b4c7bebd96907a1fd5cf183395f0ebc4d3428bd22d92d
ENV PYTHONUNBUFFERED=1
RUN --mount=type=bind,from=build,source=/wheels,target=/wheels \
    --mount=type=bind,from=build,source=/source/ci,target=/ci \
    python -m pip install --no-cache-dir --root-user-action=ignore --constraint /ci/constraints.txt /wheels/*.whl \
    && useradd --uid 10001 --create-home judge \
    && install --directory --owner=judge --group=judge /srv/beacon /srv/beacon/reports
# A number, because Kubernetes cannot check that a name is not root.
USER 10001:10001
WORKDIR /srv/beacon
ENTRYPOINT ["beacon-conformance"]
CMD ["--help"]
