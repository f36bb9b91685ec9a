"""Letters and signs that LaTeX sets as mathematics alone, as they stand in names and in text."""


def _commands(table: str) -> dict[str, str]:
    """Characters with the commands that set them, from pairs of both."""
    pairs = table.split()
    return {c: rf"\{name}" for c, name in zip(pairs[::2], pairs[1::2], strict=True)}


GREEK = _commands(
    """
    α alpha β beta γ gamma δ delta ε varepsilon ϵ epsilon ζ zeta η eta θ theta ϑ vartheta
    ι iota κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho σ sigma ς varsigma τ tau υ upsilon
    φ varphi ϕ phi χ chi ψ psi ω omega
    Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi Σ Sigma Υ Upsilon Φ Phi Ψ Psi Ω Omega
    """
)
"""Letters: other Greek capitals are Latin ones."""

SIGNS = _commands(
    """
    ≤ leq ≥ geq ≠ neq ≈ approx ≡ equiv ≪ ll ≫ gg ∝ propto ∈ in ∉ notin ⊂ subset ⊆ subseteq
    ∪ cup ∩ cap ∀ forall ∃ exists ∅ emptyset ∞ infty ∂ partial ∇ nabla ∑ sum ∏ prod ∫ int √ surd
    − relax- ⋅ cdot ∘ circ ⊙ odot ⊗ otimes ⊕ oplus ‖ Vert ⟨ langle ⟩ rangle
    ⌊ lfloor ⌋ rfloor ⌈ lceil ⌉ rceil ← leftarrow → rightarrow ↔ leftrightarrow ↑ uparrow
    ↓ downarrow ⇐ Leftarrow ⇒ Rightarrow ⇔ Leftrightarrow ↦ mapsto ℓ ell ✓ checkmark
    """
)

SET = {c: rf"\ensuremath{{{tex}}}" for c, tex in (GREEK | SIGNS).items()}
"""What sets each of them, within a formula and without."""
