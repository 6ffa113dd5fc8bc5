"""The page on which the picture is nudged, to see how stable every layer is."""
