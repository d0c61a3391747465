"""The words of the timeline, and how it says dates and numbers to a clinician."""

from datetime import date, timedelta
from functools import lru_cache, partial

from rehab.charts.chart import Voice
from rehab.web import dates

LANGUAGE = "en"
ALMOST_A_YEAR = timedelta(days=330)

WORDS = {
    "title": "Course: pain, load, decisions, sessions, sleep and texts",
    "percent": "{n}%",
    "missed": "missed",
    "paused": "paused",
    # Lanes
    "lane_pain": "Pain, 0 to 10",
    "lane_before": "Pain before",
    "lane_during": "Worst pain during",
    "lane_after": "Pain after",
    "lane_morning": "Pain next morning",
    "lane_load": "{category}: step {step} of {rungs}",
    "lane_locked": "{category}: step {step} of {rungs}, locked",
    "lane_sleep": "Sleep, 0 bad to 10 good",
    "lane_sessions": "Sessions done",
    "lane_texts": "Texts out, and in",
    # Ratings
    "series_before": "Before",
    "series_during": "During",
    "series_after": "After",
    "series_morning": "Morning",
    "series_sleep": "Sleep",
    "mark_before": "{day}, before the session: {rating}",
    "mark_during": "{day}, worst during: {rating}",
    "mark_after": "{day}, after: {rating}",
    "mark_morning": "{day}, on waking: {rating}",
    "mark_sleep": "{day}: sleep {value}",
    "spread": "{what}, week from {day}: {low} to {high}, median {middle} of {count}",
    "spread_few": "{what}, week from {day}: {low} to {high}, {count} said, too few for a median",
    # Load
    "allowed": "Steps {floor} to {ceiling} are allowed",
    "stood": "Step {step}, {dose} dose",
    "stood_paused": "Paused at step {step}",
    "decision": "{day}, {category}{fate}: {why}",
    "fate_proposed": ", proposed, not in force",
    "fate_applied": ", proposed and approved",
    "fate_overridden": ", proposed and overruled",
    "move_progress": "up to step {step}",
    "move_hold": "held at step {step}",
    "move_deload": "eased at step {step}",
    "move_rest": "recovery session, step {step}",
    "move_regress": "down to step {step}",
    "move_rest_regress": "recovery session, down to step {step}",
    "move_pause": "paused at step {step}",
    "set_by_hand": "set to step {step}",
    "by_hand": "{why} Step {step}, {dose}%.",
    "at_dose": "{moved}, {dose}%",
    # Days
    "session_done": "{day}: {percent}% done",
    "session_missed": "{day}: planned, not done",
    "week_done": "Week from {day}: {done} done of {planned} planned",
    "text_was_sent": "{day}, text sent: {kind}",
    "text_was_unsent": "{day}, text not delivered: {kind}",
    "text_was_unknown": "{day}, text of unknown fate: {kind}",
    "text_was_came": "{day}, text from the patient: {kind}",
    "texts_of_week": "Week from {day}: {out} texts out, {back} in",
    "text_exercise": "exercise reminder",
    "text_follow_up": "how was it?",
    "text_morning": "morning question",
    "text_later": "a later reminder",
    "text_missed_one": "a missed session",
    "text_missed": "several missed sessions",
    "text_sleep": "good night",
    "text_sleep_question": "sleep question",
    "text_news": "news of the plan",
    "text_reply": "answer to a text",
    "text_confirmation": "confirmation",
    "text_by_hand": "written by hand",
    "text_sign_in": "sign-in code",
    "text_": "not read yet",
    # What can be said of it
    "pain_after": "Pain after sessions",
    "pain_morning": "Pain in the morning",
    "in_a_week": "in a week",
    "in_weeks": "in {n} weeks",
    "change_fell": "{what} fell from {first} to {latest} {span}.",
    "change_rose": "{what} rose from {first} to {latest} {span}.",
    "change_near": "{what}: from {first} to {latest} {span}, which is no real change.",
    "change_same": "{what}: {latest}, as in the first of these weeks.",
    "left_out": "A bar is a week. Sessions that changed nothing are in the numbers below.",
    # Legend
    "key_before": "before",
    "key_during": "worst during",
    "key_after": "after",
    "key_morning": "next morning",
    "key_median": "median of a week's mornings",
    "key_usual": "usual pain, {usual}",
    "key_spread": "a week: lowest to highest, and the median",
    "key_up": "step up",
    "key_down": "step down",
    "key_ease": "eased",
    "key_rest": "recovery session",
    "key_pause": "pause",
    "key_more": "dose comes back",
    "key_hold": "held",
    "key_hollow": "hollow: proposed",
    "key_ring": "ring: by a person",
    # The table
    "caption": "Day by day, the newest first; pain, effort and sleep 0 to 10",
    "head_date": "Day",
    "head_before": "Before",
    "head_during": "During",
    "head_after": "After",
    "head_effort": "Effort",
    "head_done": "Done",
    "head_morning": "Morning",
    "head_sleep": "Sleep",
    "head_decided": "Decided",
    "row": "{category}: {moved}",
    "row_by": "{row}, {by}",
    "row_waits": "{category}: proposed {moved}",
}


def desk_voice(today: date) -> Voice:
    """How charts speak at the desk; `today` says which dates need their year."""
    return Voice(
        words=WORDS,
        day=partial(_day, today=today),
        number=lambda value: f"{value:g}",
        category=lambda name: name[:1].upper() + name[1:],
    )


@lru_cache(maxsize=4096)
def _day(on: date, today: date) -> str:
    said = dates.month_day(on, LANGUAGE)
    return said if abs(today - on) < ALMOST_A_YEAR else f"{said} {on.year}"
