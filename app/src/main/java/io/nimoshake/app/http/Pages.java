package io.nimoshake.app.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;

/** The files of the page. They hold no data of a sync, so everybody may read them. */
final class Pages {
  /** Nothing is loaded from other hosts, no inline script runs, and no other page may frame it. */
  static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

  private static final String SCRIPT = "text/javascript; charset=utf-8";

  private static final Map<String, Page> PAGES =
      Map.of(
          "/", load("dashboard.html", "text/html; charset=utf-8"),
          "/dashboard.css", load("dashboard.css", "text/css; charset=utf-8"),
          "/dashboard.js", load("dashboard.js", SCRIPT),
          "/row.js", load("row.js", SCRIPT),
          "/tree.js", load("tree.js", SCRIPT),
          "/charts.js", load("charts.js", SCRIPT),
          "/format.js", load("format.js", SCRIPT));

  private Pages() {}

  /** One file, with its media type. */
  record Page(String type, byte[] content) {}

  static Optional<Page> find(String path) {
    return Optional.ofNullable(PAGES.get(path));
  }

  private static Page load(String name, String type) {
    try (InputStream in = Pages.class.getResourceAsStream(name)) {
      return new Page(type, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
