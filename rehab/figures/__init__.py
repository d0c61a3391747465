"""Exercises as moving pictures: poses of joint angles in, SVG out."""
