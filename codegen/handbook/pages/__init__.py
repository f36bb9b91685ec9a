"""The pages that are derived: one function a kind, from material and edition to pages."""
