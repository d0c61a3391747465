"""The areas of the body in which a patient may say that it hurts, from head to foot."""

from enum import StrEnum


class Area(StrEnum):
    """More than the regions that programs train: pain may spread to where no exercise is."""

    HEAD = "head"
    JAW = "jaw"
    NECK = "neck"
    SHOULDERS = "shoulders"
    CHEST = "chest"
    UPPER_BACK = "upper back"
    ARMS = "arms"
    ELBOWS = "elbows"
    FOREARMS = "forearms"
    HANDS = "hands"
    ABDOMEN = "abdomen"
    LOWER_BACK = "lower back"
    HIPS = "hips"
    BUTTOCKS = "buttocks"
    THIGHS = "thighs"
    KNEES = "knees"
    CALVES = "calves"
    FEET = "feet"
