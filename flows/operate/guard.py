"""What the server does by itself when a run goes wrong: Prefect's automations, each known by its name.

A run that is killed together with its worker stays Running for ever and holds its place (measured); the first
automation ends it when its heartbeats stop. The others tell somebody that a run by schedule failed.
"""

import json
import os
from collections.abc import Iterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

from prefect.automations import AutomationCore
from prefect.blocks.webhook import Webhook
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.responses import DeploymentResponse
from prefect.events.actions import ActionTypes, CallWebhook, ChangeFlowRunState, RunDeployment
from prefect.events.schemas.automations import EventTrigger, Posture

from backfile.config import Archive, Notify
from backfile.errors import WrongUse
from flows.operate.check import TAG
from flows.operate.deploy import Done, deployments_of, full_name

ZOMBIES = "backfile: crash runs whose heartbeats stopped"

# Three times the heartbeat that prefect.yaml sets: at two, a run on a busy machine was taken for dead (Prefect #21932).
SILENCE = timedelta(seconds=90)

NOTIFIER = "notify"  # the flow that runs a command or sends a mail
_OURS: dict[str, str | list[str]] = {"prefect.resource.id": f"prefect.tag.{TAG}", "prefect.resource.role": "tag"}
_RUNS: dict[str, str | list[str]] = {"prefect.resource.id": "prefect.flow-run.*"}
_WRONG = {f"prefect.flow-run.{state}" for state in ("Failed", "Crashed", "TimedOut")}

# What Slack, Mattermost and others show is "text". `tojson` quotes whatever a message holds.
_PAYLOAD = """{
  "text": {{ ("backfile: " ~ deployment.name ~ " " ~ flow_run.state.name ~ ": " ~ flow_run.state.message) | tojson }},
  "archive": %(archive)s,
  "deployment": {{ deployment.name | tojson }},
  "run": {{ flow_run.name | tojson }},
  "state": {{ flow_run.state.name | tojson }},
  "message": {{ flow_run.state.message | tojson }}
}"""
_PARAMETERS = {
    "run": "{{ flow_run.name }}",
    "state": "{{ flow_run.state.name }}",
    "message": "{{ flow_run.state.message }}",
    "deployment": "{{ deployment.name }}",
}


def guard(client: SyncPrefectClient, archive: Archive, notify: Notify) -> Iterator[Done]:
    """Have the automations stand on the server as the configuration says, each once."""
    yield _ensure(client, _crash_zombies())
    deployments = deployments_of(client, archive)
    scheduled = [each for each in deployments if each.schedules]
    by_webhook, by_command = notices(archive, notify)
    yield from _webhook(client, archive, notify, scheduled, by_webhook)
    yield from _command(client, notify, scheduled, deployments, by_command)


def notices(archive: Archive, notify: Notify) -> dict[str, bool]:
    """The names of the automations that tell of failed runs, and whether the configuration asks for each."""
    about = f"({archive.directory})"
    return {
        f"backfile: tell a webhook of failed runs {about}": bool(notify.webhook),
        f"backfile: tell of failed runs {about}": bool(notify.command or notify.mail),
    }


def switch_on(client: SyncPrefectClient, archive: Archive, notify: Notify) -> Iterator[Done]:
    """Switch on again what somebody switched off."""
    for name in (ZOMBIES, *notices(archive, notify)):
        for each in client.read_automations_by_name(name):
            client.resume_automation(each.id)
            yield Done("automation", name, "switched on")


def _crash_zombies() -> AutomationCore:
    return AutomationCore(
        name=ZOMBIES,
        description="A run that sends no heartbeat is dead; it would hold its deployment's place for ever.",
        enabled=True,
        trigger=EventTrigger(
            match=_RUNS,
            match_related=_OURS,
            for_each={"prefect.resource.id"},
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.*"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENCE,
        ),
        actions=[
            ChangeFlowRunState.model_validate(
                {"state": StateType.CRASHED, "message": f"no heartbeat for {SILENCE.seconds} seconds: it was killed"}
            )
        ],
    )


def _webhook(
    client: SyncPrefectClient, archive: Archive, notify: Notify, scheduled: list[DeploymentResponse], name: str
) -> Iterator[Done]:
    if not (notify.webhook and scheduled):
        yield from _remove(client, name)
        return
    block = Webhook(url=notify.webhook, headers={"Content-Type": "application/json"})  # type: ignore[arg-type]
    block_name = f"backfile-{sha256(os.fsencode(archive.directory)).hexdigest()[:12]}"
    saved = UUID(str(block.save(block_name, overwrite=True)))
    payload = _PAYLOAD.replace("%(archive)s", _no_template(json.dumps(str(archive.directory))))
    yield _ensure(client, _on_failure(name, scheduled, CallWebhook(block_document_id=saved, payload=payload)))


def _command(
    client: SyncPrefectClient,
    notify: Notify,
    scheduled: list[DeploymentResponse],
    deployments: list[DeploymentResponse],
    name: str,
) -> Iterator[Done]:
    if not ((notify.command or notify.mail) and scheduled):
        yield from _remove(client, name)
        return
    notifier = next((each for each in deployments if full_name(client, each).startswith(f"{NOTIFIER}/")), None)
    if notifier is None:
        raise WrongUse(
            f"[notify] names a command or mail, but prefect.yaml has no deployment of flows.{NOTIFIER}.{NOTIFIER}"
        )
    action = RunDeployment.model_validate({"deployment_id": notifier.id, "parameters": _PARAMETERS})
    yield _ensure(client, _on_failure(name, scheduled, action))


def _on_failure(name: str, deployments: list[DeploymentResponse], action: ActionTypes) -> AutomationCore:
    ids: Any = [f"prefect.deployment.{each.id}" for each in deployments]
    return AutomationCore(
        name=name,
        description="Made by `backfile deploy` from [notify] in backfile.toml.",
        enabled=True,
        trigger=EventTrigger(
            match=_RUNS,
            match_related={"prefect.resource.id": ids, "prefect.resource.role": "deployment"},
            for_each={"prefect.resource.id"},
            expect=_WRONG,
            posture=Posture.Reactive,
            threshold=1,
            within=timedelta(0),
        ),
        actions=[action],
    )


def _ensure(client: SyncPrefectClient, wanted: AutomationCore) -> Done:
    """One automation of that name, and as wanted. Whether it is switched on stays as it is on the server."""
    found = client.read_automations_by_name(wanted.name)
    if not found:
        client.create_automation(wanted)
        return Done("automation", wanted.name, "made")
    first, *others = found
    for other in others:
        client.delete_automation(other.id)
    wanted = wanted.model_copy(update={"enabled": first.enabled})
    # An update makes the server forget which heartbeats it waits for: a run that was just killed would stay Running.
    if AutomationCore.model_validate(first.model_dump()) != wanted:
        client.update_automation(first.id, wanted)
    return Done("automation", wanted.name, "there already" if first.enabled else "there already, switched off")


def _remove(client: SyncPrefectClient, name: str) -> Iterator[Done]:
    for old in client.read_automations_by_name(name):
        client.delete_automation(old.id)
        yield Done("automation", name, "removed: [notify] does not ask for it")


def _no_template(text: str) -> str:
    """The text for a template as it stands."""
    return text.replace("{", "\\u007b").replace("}", "\\u007d")
