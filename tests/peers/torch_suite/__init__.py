"""torch's own tests of optimizers, schedulers and averaged weights, with ours in torch's place.

Run it as ``python -m tests.peers.torch_suite FOLDER``, where FOLDER is ``test`` of torch's source
tree (Debian's source package ``pytorch`` has it). It is read, and nothing is kept.

Stages: ``swap`` puts our classes where torch's of the same names are, before anything else asks
for them; ``once`` leaves each test one place to run from; ``run`` runs pytest in a process of its
own with these two as plugins, and gives what came of each test; ``known`` reads ``known.toml``,
where the reasons of failures stand that are understood; ``report`` says what stands out.

Tests are of one version of torch and run beside another: those that fail with torch's own classes
too, of the same process, are counted apart.
"""
