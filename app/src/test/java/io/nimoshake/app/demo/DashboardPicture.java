package io.nimoshake.app.demo;

import io.nimoshake.app.browser.Browser;
import io.nimoshake.app.http.HttpInterface;
import io.nimoshake.app.program.Version;
import io.nimoshake.app.progress.Observer;
import io.nimoshake.app.sync.SyncRun;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.testkit.fault.HttpFault;
import io.nimoshake.testkit.fault.HttpFaultProxy;
import io.nimoshake.testkit.server.DynamoDbServer;
import io.nimoshake.testkit.server.MongoServer;
import io.nimoshake.testkit.stream.Resharding;
import io.nimoshake.testkit.stream.ReshardingEndpoint;
import io.nimoshake.testkit.stream.ReshardingOptions;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicBoolean;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.dynamodb.DynamoDbClient;

/**
 * Takes the picture of the dashboard in the documentation: of a sync of the sample tables whose
 * streams split, with the servers of the demo. Arguments: how many seconds to let it run first
 * (default 110). Leaves pictures in target/screenshots.
 */
final class DashboardPicture {
  static final String KEY = "sampleaccesskey";

  private DashboardPicture() {}

  public static void main(String[] arguments) throws Exception {
    int seconds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 110;
    ReshardingOptions options =
        ReshardingOptions.calm()
            .resharding(Resharding.seeded(7, 0.004, 0.002).withAtMost(6))
            .timesToTheSecond(true)
            .pollEvery(Duration.ofMillis(50));
    try (DynamoDbServer server = DynamoDbServer.start();
        MongoServer mongo = MongoServer.start();
        ReshardingEndpoint endpoint = ReshardingEndpoint.to(server.endpoint(), options);
        HttpFaultProxy proxy = HttpFaultProxy.to(endpoint.endpoint());
        DynamoDbClient client = client(server)) {
      SampleData data = new SampleData(client);
      data.load();
      proxy.seeded("Scan", 1, 0.02, HttpFault.PROVISIONED_THROUGHPUT_EXCEEDED);
      Configuration configuration =
          Configuration.load(
              Optional.empty(),
              Map.of(
                  "NIMO_SHAKE_SOURCE_ACCESS_KEY_ID", KEY,
                  "NIMO_SHAKE_SOURCE_SECRET_ACCESS_KEY", KEY),
              List.of(
                  "id=shop",
                  "sync_mode=all",
                  "source.region=us-east-1",
                  "source.endpoint_url=" + proxy.endpoint(),
                  "source.session.max_retries=0",
                  "qps.full=2",
                  "qps.full.batch_num=10",
                  "health.max_lag=30s",
                  "target.address=" + mongo.uri()));
      try (SyncRun run = SyncRun.start(configuration);
          Observer observer = new Observer(run);
          HttpInterface http = new HttpInterface(configuration, observer, Version.line());
          Browser browser = Browser.open()) {
        int port = http.listen(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        AtomicBoolean stop = new AtomicBoolean();
        Thread load = new Thread(() -> change(data, stop));
        load.start();
        browser.look(1280, 900, false);
        browser.page().navigate("http://127.0.0.1:" + port + "/");
        browser.page().waitForTimeout(seconds * 1000.0);
        browser.page().click("button.name:has-text(\"orders\")");
        browser.page().waitForTimeout(3_000);
        for (int width : new int[] {1280, 400}) {
          for (boolean dark : new boolean[] {false, true}) {
            browser.look(width, 900, dark);
            browser.page().waitForTimeout(1_500);
            browser.screenshot("picture-" + width + (dark ? "-dark" : "-light"));
          }
        }
        System.out.println(browser.errors());
        stop.set(true);
        load.join();
        run.stop();
        run.done().get();
      }
    }
  }

  private static void change(SampleData data, AtomicBoolean stop) {
    long begun = System.nanoTime();
    while (!stop.get()) {
      data.change();
      // More at some times than at others, as users are.
      double wave = 1.2 + Math.sin((System.nanoTime() - begun) / 8e9);
      try {
        Thread.sleep((long) (ThreadLocalRandom.current().nextDouble() * 8 / wave));
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  static DynamoDbClient client(DynamoDbServer server) {
    return DynamoDbClient.builder()
        .endpointOverride(server.endpoint())
        .region(Region.US_EAST_1)
        .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create(KEY, KEY)))
        .build();
  }
}
