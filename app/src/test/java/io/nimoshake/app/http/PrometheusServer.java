package io.nimoshake.app.http;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.testkit.wire.FreePort;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The Prometheus of this machine, which scrapes once a second. */
final class PrometheusServer implements AutoCloseable {
  private static final Path PROGRAM = Path.of("/usr/bin/prometheus");

  private final Path log;
  private final int port = FreePort.pick();
  private final Process process;
  private final HttpClient client = HttpClient.newHttpClient();

  /** Skips the test where there is no Prometheus, but never in CI. */
  static void require() {
    boolean there = Files.isExecutable(PROGRAM);
    assumeTrue(
        there || System.getenv("CI") != null,
        "no Prometheus on this machine: apt-get install --no-install-recommends prometheus");
    if (!there) {
      throw new IllegalStateException("no Prometheus, and in CI nothing is skipped: .ci/run");
    }
  }

  /** Starts it in an empty directory, with these rules, in front of these ports. */
  PrometheusServer(Path directory, List<Path> rules, List<Integer> targets) throws IOException {
    String files =
        rules.stream()
            .map(file -> "'" + file.toAbsolutePath().normalize() + "'")
            .collect(Collectors.joining(", "));
    String addresses =
        targets.stream()
            .map(target -> "'127.0.0.1:" + target + "'")
            .collect(Collectors.joining(", "));
    Path configuration =
        Files.writeString(
            directory.resolve("prometheus.yml"),
            """
            global: {scrape_interval: 1s, scrape_timeout: 1s, evaluation_interval: 1s}
            rule_files: [%s]
            scrape_configs:
              - job_name: nimo-shake
                static_configs: [{targets: [%s]}]
            """
                .formatted(files, addresses));
    log = directory.resolve("prometheus.log");
    process =
        new ProcessBuilder(
                PROGRAM.toString(),
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + directory.resolve("data"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
  }

  /** Whether it has begun to answer. */
  boolean isReady() throws Exception {
    if (!process.isAlive()) {
      throw new IllegalStateException("it has ended: " + Files.readString(log));
    }
    try {
      return get("/-/ready").startsWith("Prometheus");
    } catch (IOException e) {
      // Nobody listens yet.
      return false;
    }
  }

  /** What a path of its API answers. */
  JsonNode api(String path) throws Exception {
    return new ObjectMapper().readTree(get("/api/v1/" + path)).get("data");
  }

  private String get(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + path);
    return client.send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString()).body();
  }

  @Override
  public void close() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(1, TimeUnit.MINUTES)) {
      process.destroyForcibly();
    }
  }
}
