"""No committed file names a package registry: an installation asks whichever registry its machine is set up for."""

import re

# Put together from parts, for this file is searched too.
HOSTS = [
    name + "." + ending
    for name, ending in [
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("npmjs", "org"),
        ("npmjs", "com"),
        ("deb.debian", "org"),
        ("nodesource", "com"),
        ("jsdelivr", "net"),
        ("unpkg", "com"),
    ]
]
ADDRESS = re.compile("|".join(map(re.escape, HOSTS)) + "|--" + r"(extra-)?index-url|" + '"resolv' + 'ed": "http')


def test_no_file_names_a_registry(source):
    found = {
        f"{file}:{number}"
        for file in source.files
        for number, line in enumerate(source.text(file).splitlines(), 1)
        if ADDRESS.search(line)
    }

    assert found == set()


def test_every_package_of_a_lock_has_its_hashes(source):
    locks = [file for file in source.files if re.fullmatch(r"requirements[a-z-]*\.txt", str(file))]

    for lock in locks:
        packages = re.split(r"\n(?=\S)", source.text(lock).strip())
        assert [package for package in packages if "--hash=sha256:" not in package] == []
    assert len(locks) == 5
