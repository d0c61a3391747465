"""From keyframes to what is seen: settled states, closely spaced, and when each of them is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import acos, pi

from rehab.figures.geometry import ORIGIN, Point, mix, near_to
from rehab.figures.pose import Contact, Figure, Keyframe, Loop, Pose, blend, combined
from rehab.figures.rounds import Leg, whole_round
from rehab.figures.settle import Hold, State, settled
from rehab.figures.surroundings import Surroundings
from rehab.figures.touch import touching

MOST_STATES = 26
"""In-between states of a whole round; the more frames, the fewer between two of them."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A state, what is held in it, and when it is, in seconds from the start of the round."""

    at: float
    state: State
    holds: tuple[Hold, ...]
    is_placed: bool = False


@dataclass(frozen=True, slots=True)
class Motion:
    """One round of a figure, whose last moment is its first again."""

    moments: tuple[Moment, ...]

    @property
    def seconds(self) -> float:
        return self.moments[-1].at


def moved(figure: Figure, around: Surroundings) -> Motion:
    """The motion of a figure among the things that it touches."""
    frames, legs = whole_round(figure)
    keys = settled_keys(figure, frames, around)
    moments = [keys[legs[0].frame]]
    if legs[0].hold:
        moments.append(replace(moments[0], at=legs[0].hold))
    for number, there in enumerate(legs[1:]):
        start = moments[-1].at
        for moment in _move(figure, keys, legs, number):
            moments.append(replace(moment, at=start + moment.at))
        is_last = number == len(legs) - 2
        if there.hold and not is_last:
            moments.append(replace(moments[-1], at=start + there.seconds + there.hold))
    return Motion(tuple(moments))


def _move(figure: Figure, keys: Sequence[Moment], legs: Sequence[Leg], number: int) -> list[Moment]:
    """The states on the way of one leg of the round, at times from its start."""
    steps = max(3, min(9, MOST_STATES // (len(legs) - 1)))
    runs_through = figure.loop in (Loop.ROUND, Loop.STRIDE)
    seconds = legs[number + 1].seconds
    frames = [leg.frame for leg in legs[:-1]]
    four = [keys[frames[(number + k) % len(frames)]] for k in (-1, 0, 1, 2)]
    if not runs_through:
        four = [keys[legs[number].frame], keys[legs[number + 1].frame]]
    found = []
    for step in range(1, steps + 1):
        u = step / steps
        when = u if runs_through else acos(1 - 2 * u) / pi
        found.append(replace(_between(figure, four, u), at=seconds * when))
    return found


def settled_keys(figure: Figure, frames: Sequence[Keyframe], around: Surroundings) -> list[Moment]:
    """Each of the keyframes settled."""
    places: dict[Contact, Point] = {}
    keys: list[Moment] = []
    for frame in frames:
        crank = keys[-1].state.pose.crank if keys else frame.pose.crank
        pose = replace(frame.pose, crank=near_to(frame.pose.crank, crank))
        keys.append(_key(figure, replace(frame, pose=pose), around, places))
    return keys


def _key(
    figure: Figure, frame: Keyframe, around: Surroundings, places: dict[Contact, Point]
) -> Moment:
    """A keyframe settled contact by contact; the first time, a planted part finds its place."""
    holds: list[Hold] = []
    is_placed, pelvis = frame.pelvis is not None, frame.pelvis or ORIGIN
    state = State(frame.pose, pelvis)
    for contact in frame.contacts:
        hold = _hold(contact, around, frame.pose)
        if contact in places:
            hold = replace(hold, place=places[contact])
        state = settled(figure.view, frame.pose, [*holds, hold], pelvis, is_placed)
        if hold.surface is not None and hold.place is None:
            found = state.joints(figure.view)
            touch = touching(figure.view, state.pose, found, hold.part, hold.surface)
            hold = replace(hold, place=hold.surface.onto(touch))
            if contact.planted and hold.place is not None:
                places[contact] = hold.place
        holds.append(hold)
    return Moment(0.0, state, tuple(holds), is_placed)


def _hold(contact: Contact, around: Surroundings, pose: Pose) -> Hold:
    if contact.on in around.surfaces:
        return Hold(contact.part, around.surfaces[contact.on])
    if contact.on in around.rides:
        ride = around.rides[contact.on]
        return Hold(contact.part, None, ride.at(pose.crank), ride=ride)
    return Hold(contact.part, None, anchor=contact.on)


def _between(figure: Figure, keys: Sequence[Moment], u: float) -> Moment:
    """The state `u` of the way between the middle two of four keys, or between both of two."""
    first, last = (keys[1], keys[2]) if len(keys) == 4 else (keys[0], keys[1])
    one, other = first.state.pose, last.state.pose
    pose = blend(one, other, u)
    if len(keys) == 4:
        pose = combined([key.state.pose for key in keys], lambda a, b, c, d: _cubic(a, b, c, d, u))
    pose = replace(pose, crank=mix(one.crank, near_to(other.crank, one.crank), u))
    holds = tuple(
        _carried(hold, wanted, u, pose)
        for hold in first.holds
        for wanted in last.holds
        if hold.is_like(wanted)
    )
    pelvis = first.state.pelvis + (last.state.pelvis - first.state.pelvis).times(u)
    is_placed = first.is_placed and last.is_placed
    state = settled(figure.view, pose, holds, pelvis, is_placed)
    return Moment(0.0, state, holds, is_placed)


def _carried(hold: Hold, other: Hold, u: float, pose: Pose) -> Hold:
    """A hold on its way: taken along by a ride, slid along a surface, or where it was."""
    if hold.ride is not None:
        return replace(hold, place=hold.ride.at(pose.crank))
    if hold.place is None or other.place is None:
        return hold
    return replace(hold, place=hold.place + (other.place - hold.place).times(u))


def _cubic(a: float, b: float, c: float, d: float, u: float) -> float:
    """From `b` to `c` on the way from `a` to `d`, without a halt (Catmull-Rom)."""
    return b + u / 2 * (c - a + u * (2 * a - 5 * b + 4 * c - d + u * (3 * (b - c) + d - a)))
