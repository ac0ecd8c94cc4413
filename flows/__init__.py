"""The observatory under Prefect 3. Nothing else in the project knows Prefect, and all of it runs without.

    refresh      collect every enabled source, each as its own task
    build        archive → candidate snapshot
    publish      validate → promote, reject or leave as it is
    observatory  the three in a row: the main job and the deployments' entry point
    runtime      ``run_observatory``: the same job from the command line, with a server nobody has to start

Importing this package imports nothing: Prefect reads its settings when it is first imported, so ``runtime`` puts them
in place before.
"""
