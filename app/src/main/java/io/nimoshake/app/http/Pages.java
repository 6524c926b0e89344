package io.nimoshake.app.http;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * The files that are served as they are. They hold no data of a sync, so everybody may read them.
 */
final class Pages {
  /** Nothing is loaded from other hosts, no inline script runs, and no other page may frame it. */
  private static final String CONTENT_SECURITY_POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self';"
          + " img-src data:; form-action 'none'; frame-ancestors 'none'; base-uri 'none'";

  private static final String SCRIPT = "text/javascript; charset=utf-8";

  /** The description of the API. */
  static final Page OPENAPI = load("openapi.json", Exchange.JSON_TYPE);

  private static final Map<String, Page> PAGES =
      Map.of(
          "/", load("dashboard.html", "text/html; charset=utf-8"),
          "/dashboard.css", load("dashboard.css", "text/css; charset=utf-8"),
          "/dashboard.js", load("dashboard.js", SCRIPT),
          "/summary.js", load("summary.js", SCRIPT),
          "/row.js", load("row.js", SCRIPT),
          "/cutover.js", load("cutover.js", SCRIPT),
          "/tree.js", load("tree.js", SCRIPT),
          "/charts.js", load("charts.js", SCRIPT),
          "/format.js", load("format.js", SCRIPT));

  private Pages() {}

  /** One file, with its media type. */
  record Page(String type, byte[] content) {
    void send(Exchange exchange) throws IOException {
      exchange.setHeader("Content-Security-Policy", CONTENT_SECURITY_POLICY);
      exchange.bytes(200, type, content);
    }
  }

  /** The files of the page, by their paths. */
  static Map<String, Page> all() {
    return PAGES;
  }

  private static Page load(String name, String type) {
    try (InputStream in = Pages.class.getResourceAsStream(name)) {
      return new Page(type, in.readAllBytes());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
