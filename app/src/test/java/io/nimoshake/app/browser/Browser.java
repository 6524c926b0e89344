package io.nimoshake.app.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.options.ColorScheme;
import io.nimoshake.app.SkippedTests;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The Chromium of this machine, headless, with one page. For use by one thread. */
public final class Browser implements AutoCloseable {
  private static final Path SCREENSHOTS = Path.of("target/screenshots");
  private static final List<String> PATHS =
      List.of("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome");

  /** Of a start, a page to load, a click; the usual half minute is little on a busy machine. */
  private static final double LIMIT_MILLIS = 180_000;

  private static final StackWalker CALLER =
      StackWalker.getInstance(StackWalker.Option.RETAIN_CLASS_REFERENCE);

  private final Playwright playwright;
  private final BrowserContext context;
  private final Page page;
  private final List<String> errors = new ArrayList<>();

  /** Skips all tests of the calling class where there is no browser, but never in CI. */
  public static Browser open() {
    return open(CALLER.getCallerClass());
  }

  /** Skips all tests of a class where there is no browser, but never in CI. */
  static Browser open(Class<?> tests) {
    Optional<Path> executable =
        PATHS.stream().map(Path::of).filter(Files::isExecutable).findFirst();
    if (executable.isEmpty() && System.getenv("CI") == null) {
      SkippedTests.skipAll(tests, "no browser on this machine: apt-get install chromium");
    }
    return new Browser(
        executable.orElseThrow(
            () -> new IllegalStateException("no browser, and in CI nothing is skipped: .ci/run")));
  }

  private Browser(Path executable) {
    playwright =
        Playwright.create(
            new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
    context =
        playwright
            .chromium()
            .launch(
                new BrowserType.LaunchOptions()
                    .setExecutablePath(executable)
                    .setTimeout(LIMIT_MILLIS)
                    .setArgs(List.of("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")))
            .newContext();
    context.setDefaultTimeout(LIMIT_MILLIS);
    page = context.newPage();
    page.onConsoleMessage(
        message -> {
          if (message.type().equals("error")) {
            errors.add(message.text());
          }
        });
    page.onPageError(errors::add);
  }

  public Page page() {
    return page;
  }

  /** What was put on the console as an error, and exceptions nobody caught. */
  public List<String> errors() {
    return errors;
  }

  /** Width in CSS pixels, and the theme. */
  public void look(int width, int height, boolean dark) {
    page.setViewportSize(width, height);
    page.emulateMedia(
        new Page.EmulateMediaOptions().setColorScheme(dark ? ColorScheme.DARK : ColorScheme.LIGHT));
  }

  /** The whole page into a file of the build, to be looked at. */
  public void screenshot(String name) {
    page.screenshot(
        new Page.ScreenshotOptions().setPath(SCREENSHOTS.resolve(name + ".png")).setFullPage(true));
  }

  /** Looks at the page as it is shown now. */
  interface Check {
    /**
     * @param where the width and the theme, in words
     */
    void run(String where);
  }

  /**
   * Checks the page in every width and theme, and takes pictures. It must not scroll sideways. At
   * the end it is wide and light.
   */
  void pictures(String name, Check check) {
    for (int width : new int[] {1280, 400}) {
      for (boolean dark : new boolean[] {false, true}) {
        String where = width + (dark ? "-dark" : "-light");
        look(width, 900, dark);
        Object needed = page.evaluate("document.documentElement.scrollWidth");
        assertEquals(width, needed, "scrolls sideways, " + where);
        check.run(where);
        screenshot(name + "-" + where);
      }
    }
    look(1280, 900, false);
  }

  @Override
  public void close() {
    context.close();
    playwright.close();
  }
}
