#!/usr/bin/env bash
# Takes the README's pictures again from what `farol run` has written under out/. Needs tests/tools/install.sh, and
# Python with Pillow (apt-get install python3-pil) to crop them and to make them small.
set -euo pipefail
cd "$(dirname "$0")/../.."

period=out/executive/2026-10
[ -f "$period/report.en.no-names.html" ] || { echo "run \`cargo run -- run\` first: $period is not there" >&2; exit 66; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

node tests/tools/screenshot.mjs "$period/report.en.no-names.html" "$work/report" 1280
node tests/tools/screenshot.mjs "$period/email.en.no-names.html" "$work/mail" 640

python3 - "$work" docs/pictures <<'PYTHON'
import os, sys
from PIL import Image

work, pictures = sys.argv[1:]
for taken, name, height in (("report_1280_light", "report.png", 1660), ("mail_640_light", "mail.png", 1120)):
    picture = Image.open(f"{work}/{taken}.png").convert("RGB")
    picture = picture.crop((0, 0, picture.width, min(height, picture.height)))
    # Flat colours: 128 of them are enough, and dithering would only add noise.
    small = picture.quantize(128, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    path = f"{pictures}/{name}"
    small.save(path, optimize=True)
    print(path, small.size, os.path.getsize(path), "bytes")
    assert os.path.getsize(path) < 250_000, f"{path} is too large for a README"
PYTHON
