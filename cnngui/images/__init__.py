"""Reading, fitting and naming pictures; OpenCV is imported here alone."""
