"""A bare Viewflow flow of the application flow's shape: what our work on top of the engine is measured against."""
