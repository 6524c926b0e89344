package io.nimoshake.app.browser;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.nimoshake.app.http.HttpInterface;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.setup.config.Configuration;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInfo;

/**
 * Tests that look at the page in a browser: one browser for the class, and for each test an HTTP
 * interface in front of an observer whose state is given. Skipped where there is no browser.
 */
abstract class PageTest {
  /** Of every wait for what must come: reached only if it never does. */
  static final Duration LIMIT = Duration.ofMinutes(2);

  static Browser browser;

  private Observer observer;
  private HttpInterface http;

  @BeforeAll
  static void openBrowser(TestInfo test) {
    browser = Browser.open(test.getTestClass().orElseThrow());
    PlaywrightAssertions.setDefaultAssertionTimeout(LIMIT.toMillis());
  }

  @AfterAll
  static void closeBrowser() {
    if (browser != null) {
      browser.close();
    }
  }

  /** Starts the HTTP interface, and returns the address of the page. Both are closed at the end. */
  final String serve(Configuration configuration, Observer observer) throws IOException {
    this.observer = observer;
    http = new HttpInterface(configuration, observer, "nimo-shake 1.0.0");
    int port = http.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    browser.errors().clear();
    return "http://127.0.0.1:" + port + "/";
  }

  /** Nobody answers the page any more. */
  final void stopServing() {
    http.close();
  }

  @AfterEach
  void close() {
    browser.page().navigate("about:blank");
    http.close();
    observer.close();
  }
}
