package io.nimoshake.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.app.program.ExitCode;
import io.nimoshake.app.progress.ProgressText;
import io.nimoshake.app.progress.ShownState;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.OperationKeys;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code status}: asks a running sync how it is. */
@Command(
    name = "status",
    description = {
      "Asks the process that runs with this configuration how far it is.",
      "Exit codes: 0 healthy, 1 unhealthy, 3 nobody answers."
    },
    sortOptions = false)
final class StatusCommand implements Callable<Integer> {
  private static final Duration LIMIT = Duration.ofSeconds(5);

  @Mixin private ConfigurationOptions configuration;

  @Option(names = "--json", description = "The answer of /api/v1/status as it is.")
  private boolean asJson;

  @Mixin private HelpOption help;

  @Override
  public Integer call() throws Exception {
    Configuration loaded = configuration.load();
    URI uri = uri(loaded);
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(LIMIT);
    loaded
        .find(OperationKeys.HTTP_TOKEN)
        .ifPresent(token -> request.header("Authorization", "Bearer " + token));
    HttpResponse<String> answer;
    try {
      answer =
          HttpClient.newBuilder()
              .connectTimeout(LIMIT)
              .build()
              .send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (IOException e) {
      System.err.println("nimo-shake: nobody answers at " + uri + ": is the sync running?");
      return ExitCode.FATAL;
    }
    if (answer.statusCode() != 200) {
      System.err.println("nimo-shake: " + uri + " answers " + answer.statusCode());
      return ExitCode.FATAL;
    }
    JsonNode status = new ObjectMapper().readTree(answer.body());
    if (asJson) {
      System.out.println(status.toPrettyString());
    } else {
      print(status, System.out);
    }
    return status.path("healthy").asBoolean() ? ExitCode.DONE : ExitCode.FAILED_TABLES;
  }

  private static URI uri(Configuration configuration) throws IOException {
    InetAddress address = InetAddress.getByName(configuration.get(OperationKeys.HTTP_ADDRESS));
    String host = address.isAnyLocalAddress() ? "127.0.0.1" : address.getHostAddress();
    int first = configuration.get(OperationKeys.FULL_HTTP_PORT);
    int port = first != 0 ? first : configuration.get(OperationKeys.INCR_HTTP_PORT);
    String name = host.contains(":") ? "[" + host + "]" : host;
    return URI.create("http://" + name + ":" + port + "/api/v1/status");
  }

  static void print(JsonNode status, PrintStream out) {
    out.printf(
        "%s, id %s, since %s: %s%n",
        status.path("version").asText(),
        status.path("id").asText(),
        status.path("started").asText(),
        status.path("stopping").asBoolean()
            ? "stopping"
            : status.path("healthy").asBoolean() ? "healthy" : "unhealthy");
    for (JsonNode problem : status.path("problems")) {
      out.println("  ! " + problem.asText());
    }
    for (JsonNode table : status.path("tables")) {
      out.println("  " + line(table).bar());
    }
  }

  /** The same as the bars of a terminal. */
  private static ProgressText.Line line(JsonNode table) {
    JsonNode left = table.path("seconds_left");
    JsonNode lag = table.path("lag_seconds");
    JsonNode resumed = table.path("resumed");
    return new ProgressText.Line(
        table.path("name").asText(),
        ShownState.ofKey(table.path("state").asText()),
        table.path("progress").asDouble(),
        table.at("/copy/written").asLong(),
        resumed.isObject()
            ? Optional.of(
                new ProgressText.Resumed(
                    resumed.path("segments_done").asLong(), resumed.path("segments").asLong()))
            : Optional.empty(),
        table.at("/stream/written").asLong(),
        table.at("/copy/rate").asDouble() + table.at("/stream/rate").asDouble(),
        left.isNumber() ? OptionalLong.of(left.asLong()) : OptionalLong.empty(),
        lag.isNumber() ? OptionalDouble.of(lag.asDouble()) : OptionalDouble.empty(),
        table.path("retries").asLong() + table.path("throttles").asLong());
  }
}
