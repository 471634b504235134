"""Stages by name: choose a usual treatment, give its few numbers, see what it makes, put it in."""

from __future__ import annotations

from html import escape

import streamlit as st

from hexapod.app.draft import draft_model as d
from hexapod.app.draft import stage_list
from hexapod.app.draft.outcome import Outcome
from hexapod.app.draft.stage_list import LABELS, Made, made, offered, option_label
from hexapod.app.session import entries, library_access, session
from hexapod.app.session.entries import action
from hexapod.app.widgets.fields import choice, message, number_field, size_and_word
from hexapod.app.widgets.panels import unbroken
from hexapod.case.level_parts import Stage
from hexapod.stages.templates import TEMPLATES, TemplateOption
from hexapod.text.case_fields import PLACES
from hexapod.text.case_sentences import found_words, stage_sentence
from hexapod.text.numbers import number

NAME = ("template", "name")


def show() -> None:
    """The choice of a template; once one is chosen its numbers, the stages that it makes, and the button."""
    level = session.level()
    now = made(session.draft(), level)
    outcome = Outcome(now.troubles, None, None)
    choice(outcome, NAME, "Choose a protocol", offered(level), hint=_hint(), chosen=_chosen)
    name = session.draft()["template"]["name"]
    if name not in offered(level):
        return
    with st.container(border=True, key="template"):
        for option in TEMPLATES[name].options_for(level["indication"]):
            _option(outcome, option)
        st.html(_made_html(now, level))
        st.button(
            "Use this protocol",
            key="template-put-in",
            type="primary",
            on_click=_put_in,
            disabled=not library_access.may_enter(),
        )
        st.html(f'<p class="hx-line hx-hint">{escape(_what_happens(now, level))}</p>')


def _hint() -> str:
    name = session.draft()["template"]["name"]
    if name not in offered(session.level()):
        return "Or add the stages one by one below."
    return f"{TEMPLATES[name].description} Press its name again to put it away."


def _option(outcome: Outcome, option: TemplateOption) -> None:
    if option.unit == "words":
        st.html(f'<p class="hx-label">{escape(LABELS[option.name])}: how far and which way, from where it stands</p>')
        for pair in d.PLACE:
            size_and_word(outcome, ("template", option.name), pair, label=PLACES[pair.quantity])
        message(outcome, ("template", option.name), whole=True)
        return
    unit = "" if option.unit == "cycles" else f", {option.unit}"
    number_field(
        outcome, ("template", option.name), f"{option_label(session.level(), option)}{unit}", hint=_meaning(option)
    )


def _meaning(option: TemplateOption) -> str:
    """What an option means, and what holds when it is left empty."""
    meaning = f"{option.meaning[0].upper()}{option.meaning[1:]}"
    sentences = [] if meaning == option_label(session.level(), option) else [f"{meaning}."]
    if not option.required:
        sentences.append(f"Empty: {'none' if not option.default else f'{number(option.default)} {option.unit}'}.")
    return " ".join(sentences)


def _made_html(now: Made, level: d.Draft) -> str:
    if now.stages is None:
        body = '<p class="hx-none">Available once its entries are complete.</p>'
    else:
        stages = [Stage.model_validate(document) for document in now.stages]
        found = found_words(stages, now.deformity, session.draft()["limb"]["side"], level["reference"])
        lines = (
            f"<li><b>{escape(stage.name)}</b>: {unbroken(stage_sentence(stage, level['reference'], start))}</li>"
            for stage, start in zip(stages, found, strict=True)
        )
        body = f"<ol>{''.join(lines)}</ol>"
    return f'<section class="hx-readback hx-made" aria-label="Stages made"><h3>It makes</h3>{body}</section>'


def _what_happens(now: Made, level: d.Draft) -> str:
    if now.stages is None:
        return "Nothing can be put in yet: see the entries above."
    count = len(level["stages"])
    there = "the stage" if count == 1 else f"the {count} stages"
    return f"They take the place of {there} below, kept behind “Restore previous stages”."


@action
def _chosen() -> None:
    """Callback: where no stage has been entered yet, a protocol that needs no number is used at once."""
    draft, level = session.draft(), session.level()
    blank = d.blank_stage()
    untouched = all(stage | {"uid": blank["uid"]} == blank for stage in level["stages"])
    if draft["template"]["name"] is not None and untouched and made(draft, level).stages is not None:
        _put_in()


@action
def _put_in() -> None:
    """Callback: put in what the entries make at this very moment, and put the template away."""
    draft, level = session.draft(), session.level()
    stages = made(draft, level).stages
    if stages is None:
        return
    entries.change(lambda draft: stage_list.replace(draft, level["uid"], stages))
    entries.put(NAME, None)
