"""Everything Qt: the document, the views of the latest result, the window around them."""
