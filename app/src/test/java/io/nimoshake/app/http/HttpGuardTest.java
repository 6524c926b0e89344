package io.nimoshake.app.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.plan.TableState;
import java.net.InetAddress;
import java.net.Socket;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Who is answered, and that nothing is run or told that should not be. */
class HttpGuardTest extends HttpFixture {
  @Test
  void hostileRequestsAreRefused() throws Exception {
    start(Map.of());
    table("t", TableState.COPYING, 1L);
    assertEquals(403, request("GET", "/progress", "Host: evil.example\r\n", "").status());
    assertEquals(403, request("GET", "/progress", "", "").status());
    String host = "Host: 127.0.0.1:" + port + "\r\n";
    for (String path :
        List.of(
            "/../../etc/passwd",
            "/..%2f..%2fetc/passwd",
            "/dashboard.css/../dashboard.html",
            "/%2e%2e/dashboard.js",
            "//etc/passwd",
            "/dashboard.html",
            "/Pages.class")) {
      assertEquals(404, request("GET", path, host, "").status(), path);
    }
    assertEquals(400, request("GET", "/%zz", host, "").status());
    for (String evil :
        List.of("127.0.0.1.evil.example", "localhost.evil", "evil@127.0.0.1", "[::2]", "[::1")) {
      assertEquals(403, request("GET", "/metrics", "Host: " + evil + "\r\n", "").status(), evil);
    }
    assertEquals(405, request("GET", "/api/v1/pause", host, "").status());
    assertEquals(415, request("POST", "/api/v1/pause", host, "{}").status());
    String typed = host + "Content-Type: application/json\r\n";
    assertEquals(
        403, request("POST", "/api/v1/pause", typed + "Origin: http://evil\r\n", "{}").status());
    assertEquals(413, request("POST", "/api/v1/pause", typed, " ".repeat(70_000)).status());
    assertEquals(405, request("DELETE", "/api/v1/pause", typed, "").status());
    assertTrue(tables.get(0).limits().gate().isOpen());
    assertEquals(
        200,
        request("POST", "/api/v1/pause", typed + "Origin: http://127.0.0.1:" + port + "\r\n", "{}")
            .status());
  }

  @Test
  void namesWithMarkupAreTextForWhoeverReadsThem() throws Exception {
    start(Map.of());
    String name = "<script>alert(1)</script>";
    table(name, TableState.COPYING, 1L);
    Answer status = get("/api/v1/status");
    assertEquals(name, json.readTree(status.body()).at("/tables/0/name").asText());
    assertTrue(status.head().contains("Content-type: application/json"), status.head());
    assertTrue(status.head().contains("X-content-type-options: nosniff"), status.head());
    assertEquals(
        0,
        Scraped.of(get("/metrics").body()).value("nimoshake_table_paused", Map.of("table", name)));
    assertEquals(404, get("/api/v1/splits?table=%3Cb%3E").status());
    assertFalse(get("/api/v1/splits?table=%3Cb%3E").body().contains("<b>"), "is not repeated");
    assertTrue(
        get("/").head().contains("Content-security-policy: default-src 'none'; script-src 'self'"));
  }

  @Test
  void withATokenOnlyItsBearersAreAnswered() throws Exception {
    start(Map.of("NIMO_SHAKE_HTTP_TOKEN", "open sesame"));
    table("t", TableState.COPYING, 1L);
    assertEquals(401, get("/progress").status());
    assertEquals(200, get("/healthz").status());
    String bearer = "Host: any.example\r\nAuthorization: Bearer open sesame\r\n";
    assertEquals(200, request("GET", "/progress", bearer, "").status());
    assertEquals(
        401, request("GET", "/metrics", "Authorization: Bearer open\r\nHost: x\r\n", "").status());
    for (String wrong :
        List.of("Bearer open sesam", "Bearer open sesame ", "Bearer ", "open sesame", "Basic x")) {
      String header = "Host: x\r\nAuthorization: " + wrong + "x\r\n";
      for (String path : List.of("/metrics", "/progress", "/metric", "/api/v1/status")) {
        assertEquals(401, request("GET", path, header, "").status(), wrong + " at " + path);
      }
      String typed = header + "Content-Type: application/json\r\n";
      assertEquals(401, request("POST", "/api/v1/pause", typed, "{}").status(), wrong);
    }
    assertTrue(tables.get(0).limits().gate().isOpen());
    String digest = "Host: x\r\nAuthorization: Digest open sesame\r\n";
    assertEquals(401, request("GET", "/progress", digest, "").status(), "another scheme");
    // A browser that knows the token is not to be used by pages of others.
    assertEquals(415, request("POST", "/api/v1/pause", bearer, "{}").status());
    String elsewhere = bearer + "Content-Type: application/json\r\nOrigin: http://evil\r\n";
    assertEquals(403, request("POST", "/api/v1/pause", elsewhere, "{}").status());
    assertTrue(tables.get(0).limits().gate().isOpen());
    String config = request("GET", "/api/v1/config", bearer, "").body();
    assertTrue(config.contains("http.token = ***"), config);
    assertFalse(config.contains("sesame"), config);
  }

  @Test
  void theDashboardIsServedWithoutATokenAndLoadsNothingFromElsewhere() throws Exception {
    start(Map.of("NIMO_SHAKE_HTTP_TOKEN", "open sesame"));
    String page = get("/").body();
    assertTrue(page.contains("<title>nimo-shake</title>"), page);
    String script = get("/dashboard.js").body();
    String style = get("/dashboard.css").body();
    for (String text : List.of(page, style, script.replace("http://www.w3.org/2000/svg", ""))) {
      assertFalse(text.contains("http://") || text.contains("https://"), text);
    }
    assertFalse(script.contains("innerHTML"), "what comes from a sync is text, never markup");
    // Read to its end it would have none, were it answered.
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      assertEquals("HTTP/1.1 401 Unauthorized", events(socket).readLine());
    }
  }
}
