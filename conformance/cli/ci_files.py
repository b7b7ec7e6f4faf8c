"""The files that ``init`` writes for CI systems. They judge the target of ``beacon.toml``; secrets are the system's."""

from dataclasses import dataclass
from pathlib import Path

PACKAGE = Path(__file__).parents[1]
CONSTRAINTS = "beacon-constraints.txt"
"""The file beside the configuration with the releases that CI installs."""

GITHUB = """\
# Made by beacon-conformance init. Secrets: Settings, Secrets and variables, Actions.
name: beacon
on:
  schedule:
    - cron: "17 4 * * *"
  workflow_dispatch:
permissions:
  contents: read
concurrency: beacon-conformance
jobs:
  beacon:
    runs-on: ubuntu-latest
    timeout-minutes: 20
    steps:
      - uses: actions/checkout@d23441a48e516b6c34aea4fa41551a30e30af803 # v6.1.0
        with:
          persist-credentials: false
      - uses: actions/setup-python@ece7cb06caefa5fff74198d8649806c4678c61a1 # v6.3.0
        with:
          python-version: "3.13"
      - name: Install the suite
        env:
          SUITE: ${{ vars.BEACON_CONFORMANCE || '@INSTALL@' }}
        run: python -m pip install --quiet --constraint @CONSTRAINTS@ -- "$SUITE"
      - name: Judge the target
        env:
@SECRETS@
        run: |
          # A secret that is not set is an empty variable.
          for name in "${!BEACON_@}"; do if [ -z "${!name}" ]; then unset "$name"; fi; done
          status=0
          beacon-conformance run --config @CONFIG@ --report-dir reports || status=$?
          if [ -f reports/summary.md ]; then cat reports/summary.md >> "$GITHUB_STEP_SUMMARY"; fi
          exit "$status"
      - uses: actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f # v6.0.0
        if: ${{ !cancelled() }}
        with:
          name: beacon-conformance
          path: reports
          if-no-files-found: ignore
"""
GITLAB = """\
# Made by beacon-conformance init. Secrets: Settings, CI/CD, Variables (masked): @NAMES@.
beacon:
  image: python:3.13-slim-bookworm
  rules:
    - if: $CI_PIPELINE_SOURCE == "schedule" || $CI_PIPELINE_SOURCE == "web"
  variables:
    BEACON_CONFORMANCE: "@INSTALL@"
    PIP_DISABLE_PIP_VERSION_CHECK: "1"
  script:
    - python -m pip install --quiet --root-user-action=ignore --constraint @CONSTRAINTS@ -- "$BEACON_CONFORMANCE"
    - beacon-conformance run --config @CONFIG@ --report-dir reports
  artifacts:
    when: always
    expose_as: beacon-conformance
    paths: [reports/]
    reports:
      junit: reports/junit.xml
    expire_in: 30 days
"""
JENKINS = """\
// Made by beacon-conformance init. Credentials of the kind "secret text": @NAMES@.
pipeline {
  agent { docker { image 'python:3.13-slim-bookworm' } }
  triggers { cron('H 4 * * *') }
  options { timeout(time: 20, unit: 'MINUTES') }
  environment {
@SECRETS@
  }
  stages {
    stage('beacon') {
      steps {
        sh 'python -m venv .beacon'
        sh '.beacon/bin/pip install --quiet --constraint @CONSTRAINTS@ -- "@INSTALL@"'
        sh '.beacon/bin/beacon-conformance run --config @CONFIG@ --report-dir reports'
      }
    }
  }
  post {
    always {
      junit allowEmptyResults: true, testResults: 'reports/junit.xml'
      archiveArtifacts allowEmptyArchive: true, artifacts: 'reports/**'
    }
  }
}
"""


@dataclass(frozen=True)
class System:
    """A CI system."""

    file: str
    """The path of its file in a repository."""
    template: str
    secret: str
    """How its file passes a secret on, with ``{}`` for the name of the variable; empty if it does so by itself."""


SYSTEMS = {
    "github": System(".github/workflows/beacon.yml", GITHUB, "          {}: ${{{{ secrets.{} }}}}"),
    "gitlab": System(".gitlab-ci.yml", GITLAB, ""),
    "jenkins": System("Jenkinsfile", JENKINS, "    {} = credentials('{}')"),
}


def ci_file(system: System, config: str, install: str, variables: list[str]) -> str:
    """Return the file of a CI system; ``variables`` are the names of the secrets that a run needs."""
    values = {
        "CONFIG": config,
        "CONSTRAINTS": CONSTRAINTS,
        "INSTALL": install,
        "NAMES": ", ".join(variables),
        "SECRETS": "\n".join(system.secret.format(name, name) for name in variables),
    }
    text = system.template
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def constraints(version: str) -> str:
    """Return the releases with which this version of the suite was released, as pip reads them."""
    in_wheel = PACKAGE / "ci" / "constraints.txt"
    in_checkout = PACKAGE.parent / "ci" / "constraints.txt"
    lines = (in_wheel if in_wheel.exists() else in_checkout).read_text("utf-8").splitlines()
    releases = [line for line in lines if not line.startswith("#")]
    said = f"# Made by beacon-conformance init: the releases that version {version} was released with."
    return "\n".join(
        [said, "# To judge with another version, install it and run init --force again.", *releases, ""]
    )
