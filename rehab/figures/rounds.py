"""The order in which frames are played: there and back, round and round, one side and the other."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rehab.figures.geometry import Point
from rehab.figures.pose import Figure, Keyframe, Loop, other_side, swapped


@dataclass(frozen=True, slots=True)
class Leg:
    """The way to a keyframe: the seconds it takes, and for how many one stays there."""

    frame: int
    seconds: float
    hold: float


def whole_round(figure: Figure) -> tuple[tuple[Keyframe, ...], tuple[Leg, ...]]:
    """All keyframes of a round, those with the sides changed over too, and the ways to them."""
    frames = figure.frames
    count = len(frames)
    if figure.loop in (Loop.STRIDE, Loop.SIDES):
        frames = (*frames, *(changed_over(frame, figure) for frame in frames))
    if figure.loop in (Loop.ROUND, Loop.STRIDE):
        order = [*range(len(frames)), 0]
        return frames, tuple(Leg(i, frames[i].seconds, frames[i].hold) for i in order)
    legs = _there_and_back(frames, 0, count)
    if figure.loop is Loop.SIDES:
        legs += _there_and_back(frames, count, count)[1:]
        legs[-1] = replace(legs[-1], frame=0)
    return frames, tuple(legs)


def _there_and_back(frames: Sequence[Keyframe], first: int, count: int) -> list[Leg]:
    there = [Leg(first + i, frames[i].seconds, frames[i].hold) for i in range(count)]
    back = [Leg(first + i, frames[i + 1].back, frames[i].hold) for i in range(count - 2, -1, -1)]
    return [*there, *back]


def changed_over(frame: Keyframe, figure: Figure) -> Keyframe:
    """The frame with near and far changed over, in its pose and in what touches what."""
    contacts = tuple(
        replace(contact, part=swapped(contact.part), on=swapped(contact.on))
        for contact in frame.contacts
    )
    pose, pelvis = other_side(frame.pose, figure.view), frame.pelvis
    if pelvis is not None and figure.view.is_flat:
        pelvis = Point(-pelvis.x, pelvis.y)
    return replace(frame, pose=pose, contacts=contacts, pelvis=pelvis)
