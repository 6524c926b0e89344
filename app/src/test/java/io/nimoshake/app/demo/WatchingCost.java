package io.nimoshake.app.demo;

import com.microsoft.playwright.assertions.PlaywrightAssertions;
import io.nimoshake.app.Main;
import io.nimoshake.app.browser.Browser;
import io.nimoshake.testkit.server.DynamoDbServer;
import io.nimoshake.testkit.server.MongoServer;
import io.nimoshake.testkit.wire.FreePort;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Measures what watching costs: the CPU time of a sync that follows a steady load, in turn with
 * nobody watching and with the dashboard open in a browser, a table unfolded. The browser's own
 * time is not in it. Arguments: seconds a turn (default 30), rounds (default 4), changes a second
 * (default 100).
 */
final class WatchingCost {
  private WatchingCost() {}

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 30;
    int rounds = arguments.length > 1 ? Integer.parseInt(arguments[1]) : 4;
    int changesPerSecond = arguments.length > 2 ? Integer.parseInt(arguments[2]) : 100;
    ScheduledExecutorService load = Executors.newSingleThreadScheduledExecutor();
    int port = FreePort.pick();
    try (DynamoDbServer server = DynamoDbServer.start();
        MongoServer mongo = MongoServer.start();
        DynamoDbClient client = DashboardPicture.client(server)) {
      SampleData data = new SampleData(client);
      data.load();
      Process sync = start(server, mongo, port);
      try (Browser browser = Browser.open()) {
        load.scheduleAtFixedRate(
            data::change, 0, 1_000_000 / changesPerSecond, TimeUnit.MICROSECONDS);
        open(browser, port);
        System.out.println("| Round | Nobody watches, CPU ms a second | Dashboard open |");
        System.out.println("|---|---|---|");
        for (int round = 1; round <= rounds; round++) {
          browser.page().navigate("about:blank");
          double alone = cpuMillisPerSecond(browser, sync, seconds);
          open(browser, port);
          double watched = cpuMillisPerSecond(browser, sync, seconds);
          System.out.printf(Locale.ROOT, "| %d | %.1f | %.1f |%n", round, alone, watched);
        }
        load.shutdownNow();
      } finally {
        load.shutdownNow();
        sync.destroy();
        sync.waitFor();
      }
    }
  }

  private static void open(Browser browser, int port) {
    browser.page().navigate("http://127.0.0.1:" + port + "/");
    PlaywrightAssertions.setDefaultAssertionTimeout(120_000);
    PlaywrightAssertions.assertThat(
            browser.page().locator("article .chip:text-matches('following|caught up')"))
        .hasCount(SampleTable.values().length);
    browser.page().locator("article .name").first().click();
  }

  private static double cpuMillisPerSecond(Browser browser, Process sync, int seconds) {
    Duration before = sync.info().totalCpuDuration().orElseThrow();
    long begin = System.nanoTime();
    browser.page().waitForTimeout(seconds * 1_000.0);
    double elapsed = (System.nanoTime() - begin) / 1e9;
    Duration spent = sync.info().totalCpuDuration().orElseThrow().minus(before);
    return spent.toNanos() / 1e6 / elapsed;
  }

  private static Process start(DynamoDbServer server, MongoServer mongo, int port)
      throws Exception {
    Path conf = Files.createTempFile("watching", ".conf");
    conf.toFile().deleteOnExit();
    Files.write(
        conf,
        List.of(
            "id = watching",
            "source.access_key_id = " + DashboardPicture.KEY,
            "source.secret_access_key = " + DashboardPicture.KEY,
            "source.region = us-east-1",
            "source.endpoint_url = " + server.endpoint(),
            "target.address = " + mongo.uri(),
            "full_sync.http_port = " + port,
            "incr_sync.http_port = 0"));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx256m", "-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(Main.class.getName(), "-conf=" + conf));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(Files.createTempFile("watching", ".log").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return process;
  }
}
