"""Frames IN: camera, video file, image, folder of images, network stream, the built-in clip."""
