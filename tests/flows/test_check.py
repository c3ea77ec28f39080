"""A `prefect.yaml` is read strictly: what nobody would heed is an error that names the place and what is near."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backfile.config import Archive
from backfile.errors import ConfigError
from flows.operate import check

DEPLOYMENT = "deployments: [{name: a, entrypoint: flows.ingest.ingest, work_pool: {name: p}, %s}]"


def with_schedule(schedule: str) -> str:
    return DEPLOYMENT % f"schedules: [{schedule}]"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("deploymets: []", "f: unknown key 'deploymets'; did you mean 'deployments'?"),
        (DEPLOYMENT % "concurency_limit: 1", "f: unknown key 'deployments.concurency_limit'; did you mean 'conc"),
        (DEPLOYMENT % "paramters: {}", "f: unknown key 'deployments.paramters'; did you mean 'parameters'?"),
        (DEPLOYMENT % "schedule_s: []", "f: unknown key 'deployments.schedule_s'; did you mean 'schedules'?"),
        (
            "deployments: [{work_pool: {job_varables: {}}}]",
            "f: unknown key 'deployments.work_pool.job_varables'; did you mean 'job_variables'?",
        ),
        (with_schedule("{cron: 1 * * * *, slgu: b}"), "f: unknown key 'deployments.schedules.slgu'; did you mean 'sl"),
        (DEPLOYMENT % "qqq: 1", "f: unknown key 'deployments.qqq'; allowed: concurrency_limit, description, enf"),
        (with_schedule("{slug: b}"), "f: deployment number 1 (a): schedule number 1 (b): one of cron, interval, rrule"),
        (with_schedule("{slug: b, cron: 1 * * * *, interval: 3}"), "one of cron, interval, rrule is wanted"),
        (with_schedule("{cron: 1 * * * *}"), "schedule number 1: slug is missing"),
        (with_schedule("{slug: b, interval: soon}"), "interval = 'soon'; wanted: seconds"),
        (with_schedule("{slug: b, interval: 9, timezone: Berlin}"), "'Berlin' is no time zone; wanted: one such as"),
        (with_schedule("{slug: b, interval: 9, timezone: ../../etc/passwd}"), "is no time zone"),
        (with_schedule("{slug: b, interval: 9, active: yep}"), "active = 'yep'; allowed: true, false"),
        (with_schedule("{slug: b, interval: 9}, {slug: b, interval: 8}"), "two schedules have the slug 'b'"),
        (DEPLOYMENT % "concurrency_limit: {limit: 0}", "concurrency_limit: limit = 0; wanted: a number from 1"),
        (DEPLOYMENT % "concurrency_limit: {limit: 1, collision_strategy: QUEUE}", "allowed: ENQUEUE, CANCEL_NEW"),
        (DEPLOYMENT % "tags: x", "tags: a list of words is wanted"),
        ("pull: [{x: y}]\ndeployments: []", "pull: only `pull: []` is allowed"),
        ("deployments: []", "deployments: a list of deployments is wanted"),
        ("- a", "a table of keys and values is wanted"),
        ("", "a table of keys and values is wanted"),
        ("deployments: [", "f: while parsing"),
        ("deployments: [{name: a, entrypoint: 'flows/ingest.py:ingest'}]", "wanted: a module and its flow, flows.ing"),
        ("deployments: [{name: a, entrypoint: flows.ingest.ingest}]", "(a): work_pool: name is missing"),
        (
            f"{DEPLOYMENT % ''}\n".replace("}]", "}, {name: a, entrypoint: x.ingest, work_pool: {name: p}}]"),
            "named ing",
        ),
    ],
)
def test_a_mistake_is_named_with_its_place_and_what_is_allowed(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        check.parse(text, "f")

    assert said in str(error.value)
    assert "\n" not in str(error.value)


def test_each_deployment_has_the_tag_by_which_automations_know_it() -> None:
    (deployment,) = check.parse(DEPLOYMENT % "tags: [x]", "f")

    assert deployment.tags == (check.TAG, "x")


def test_what_stands_below_parameters_and_definitions_is_free() -> None:
    text = "definitions: {x: {y: 1}}\n" + DEPLOYMENT % "parameters: {concurency_limit: 1}"

    assert check.parse(text, "f")[0].parameters == {"concurency_limit": 1}


@given(st.text(max_size=200) | st.text(alphabet="[]{}:,&*!|>-'\"# \nab", max_size=60))
def test_no_text_raises_anything_else(text: str) -> None:
    with suppress(ConfigError):
        check.parse(text, "f")


def test_a_deep_file_is_refused_in_one_line() -> None:
    with pytest.raises(ConfigError):
        check.parse("[" * 20_000, "f")


def test_a_large_file_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "prefect.yaml"
    file.write_text("#" * (check.MOST_BYTES + 1))

    with pytest.raises(ConfigError, match="larger than"):
        check.read(file)


def test_an_archives_own_file_comes_before_the_bundled_one(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    before = check.place(archive)
    (tmp_path / "prefect.yaml").write_text(DEPLOYMENT % "")

    assert (before, check.place(archive)) == (check.bundled(), tmp_path / "prefect.yaml")


@pytest.mark.parametrize("broken", [lambda file: file.mkdir(), lambda file: file.write_bytes(b"\xff\xfe\x00")])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, broken: Callable[[Path], object]) -> None:
    broken(tmp_path / "prefect.yaml")

    with pytest.raises(ConfigError, match=r"prefect\.yaml"):
        check.read(tmp_path / "prefect.yaml")
