"""The weekly visit of other hosts reports what is gone, and only that."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from helpers import loaded
from test_notebooks import ROOT


class Host(BaseHTTPRequestHandler):
    """Answers with the status that the address names."""

    def do_GET(self):
        self.send_response(int(self.path.strip("/").partition("?")[0]))
        self.end_headers()

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def host():
    with ThreadingHTTPServer(("127.0.0.1", 0), Host) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture
def outside(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    module = loaded(ROOT / ".ci/check_outside.py")
    monkeypatch.setattr(module, "PAUSE", 0.0)
    return module


def report(outside, folder, link, capsys):
    (folder / "page.html").write_text(f'<a href="{link}">there</a>', "utf-8")
    return outside.main(folder), capsys.readouterr().out


@pytest.mark.parametrize("status", [200, 403, 429, 500, 503])
def test_what_is_there_or_does_not_tell_passes(outside, host, tmp_path, capsys, status):
    code, told = report(outside, tmp_path, f"{host}/{status}?a=é&amp;b=1#place", capsys)
    assert code == 0
    assert told == "1 addresses of other hosts: none is gone.\n"


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_gone_is_named_with_its_page(outside, host, tmp_path, capsys, status):
    code, told = report(outside, tmp_path, f"{host}/{status}", capsys)
    assert code == 1
    assert told.startswith(f"page.html: {host}/{status}: {status} ")


def test_a_host_that_is_not_there_is_named(outside, tmp_path, capsys):
    code, told = report(outside, tmp_path, "http://127.0.0.1:9/", capsys)
    assert code == 1
    assert "http://127.0.0.1:9/: " in told


def test_links_within_the_book_are_not_visited(outside, tmp_path, capsys):
    code, told = report(outside, tmp_path, "gone.html", capsys)
    assert (code, told) == (0, "0 addresses of other hosts: none is gone.\n")
