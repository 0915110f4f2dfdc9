"""Every file of `firmware_configs/`, and the golden papers on every printer."""

from pathlib import Path

import pytest

from edge_agent import config, profiles
from edge_agent.rendering import PrintJob, render
from edge_agent.settings import SettingsError
from edge_agent.wire import Barcode, Cut, Document, Feed, Qr, Row, Rule, Text
from tests.edge_agent.escpos_decoder import read

CONFIGS = Path(__file__).parents[2] / "firmware_configs"
PRINTERS = profiles.profile_names("printers")
GOLDEN = {
    "az": ("Bazar Market", "Çörək ağ Əla 500 q", "CƏMİ", "Təşəkkür edirik! İŞ ĞÖÜ ıiğö"),
    "ru": ("Базар", "Молоко «Ёжик» 1 л", "ИТОГО", "Спасибо за покупку! ЩЫЭЮЯ щыэюя"),
    "tr": ("Çarşı Market", "Şalgam Suyu Iğdır İnci", "TOPLAM", "Teşekkürler! ÇĞİÖŞÜ çğıöşü"),
    "en": ("Market", "White bread 500 g", "TOTAL", "Thank you!"),
}
KINDS = {
    "scales": profiles.scale_profile,
    "scanners": profiles.scanner_profile,
    "displays": profiles.display_profile,
    "drawers": profiles.drawer_profile,
}


def golden(language):
    head, name, total, thanks = GOLDEN[language]
    return Document(
        blocks=(
            Text(text=head, align="center", size=2, bold=True),
            Rule(),
            Row(left=name, right="0.65"),
            Row(left=f"{name} {name} {name}", right="12.30"),
            Row(left=total, right="12.95", bold=True),
            Text(text=thanks, align="center"),
            Feed(lines=1),
            Qr(data="0192f0c1-7b5e-7cc3-98c4-dc0c0c07398f"),
            Barcode(data="4006381333931"),
            Cut(),
        )
    )


@pytest.mark.parametrize("language", GOLDEN)
@pytest.mark.parametrize("name", PRINTERS)
def test_the_golden_paper_comes_out_right_on_every_printer(name, language):
    profile = profiles.printer_profile(name)
    pages = {number: encoding for encoding, number in profile.code_pages.items()}

    raw = render(PrintJob(document=golden(language), tag="7F3A"), profile)
    paper = read(raw, pages, (profile.cell_width, profile.cell_height))

    lines = paper.papers[0].lines
    words = " ".join(" ".join(lines).split())
    assert all(text in words for text in GOLDEN[language])
    assert all(len(line) <= profile.columns for line in lines)
    assert [line[-6:].strip() for line in lines if line.endswith(("0.65", "12.30", "12.95"))] == [
        "0.65",
        "12.30",
        "12.95",
    ]
    assert paper.strays == []
    assert paper.pulses == []


@pytest.mark.parametrize("name", PRINTERS)
def test_a_code_is_on_the_paper_of_every_printer(name):
    profile = profiles.printer_profile(name)

    raw = render(PrintJob(document=golden("en"), tag="7F3A"), profile)
    paper = read(raw, {number: one for one, number in profile.code_pages.items()}, (12, profile.cell_height)).papers[0]

    seen = {content for _, content in paper.codes} | set(paper.lines)
    assert profile.has_qr is ("0192f0c1-7b5e-7cc3-98c4-dc0c0c07398f" in seen) or profile.raster == "esc_star"
    assert "4006381333931" in seen
    assert paper.codes or profile.raster == "esc_star"


@pytest.mark.parametrize("name", PRINTERS)
def test_a_printer_s_letters_fit_its_paper(name):
    profile = profiles.printer_profile(name)

    assert profile.name == name
    assert profile.cell_width * profile.columns <= profile.dots
    assert profile.code_pages


@pytest.mark.parametrize(
    ("folder", "name"), [(folder, name) for folder in KINDS for name in profiles.profile_names(folder)]
)
def test_a_profile_bears_the_name_of_its_file(folder, name):
    assert KINDS[folder](name).name == name


def test_the_first_printers_are_there():
    assert set(PRINTERS) >= {
        "epson-tm-m30ii", "epson-tm-t20iii", "epson-tm-t88v", "generic-80mm", "generic-58mm", "bixolon-srp-350",
        "citizen-ct-s", "epson-tm-u220", "virtual",
    }  # fmt: skip


def test_the_example_of_a_site_is_right():
    site = config.load(CONFIGS / "agent.example.toml")

    assert set(site.devices) == {"receipt-1", "scale-1", "scanner-1", "display-1", "bell-1"}


def test_a_profile_with_an_unknown_key_is_refused_with_its_line(tmp_path, monkeypatch):
    (tmp_path / "printers").mkdir()
    text = (CONFIGS / "printers" / "virtual.toml").read_text()
    (tmp_path / "printers" / "odd.toml").write_text(text.replace("dots = 576", "dots = 576\ncolour = true"))
    monkeypatch.setattr(profiles, "PROFILES", tmp_path)

    with pytest.raises(SettingsError, match=r"odd\.toml:6: .*colour is not known"):
        profiles.printer_profile("odd")


def test_a_profile_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(SettingsError, match="generic-80mm"):
        profiles.printer_profile("no-such-printer")


@pytest.mark.parametrize("path", sorted((CONFIGS / "udev").glob("*.rules")), ids=lambda path: path.name)
def test_a_udev_rule_matches_and_assigns(path):
    rules = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]

    for rule in rules:
        parts = [part.strip() for part in rule.split(",")]
        assert all("=" in part and part.endswith('"') for part in parts)
        assert any("==" in part for part in parts)
        assert 'GROUP="pos-dev"' in parts


def test_the_service_restarts_for_ever_and_is_watched():
    unit = (CONFIGS / "systemd" / "aisales-edge.service").read_text()

    for line in ("Type=notify", "WatchdogSec=20", "Restart=always", "StartLimitIntervalSec=0", "NoNewPrivileges=yes"):
        assert line in unit
