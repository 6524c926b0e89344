package io.nimoshake.app.cli;

import io.nimoshake.app.demo.Demo;
import io.nimoshake.app.demo.RoundTrip;
import io.nimoshake.app.log.Logging;
import io.nimoshake.app.progress.Terminal;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demo}: a sync of sample data, without AWS and MongoDB. */
@Command(
    name = "demo",
    description = {
      "Shows a whole sync of sample data. Needs neither AWS nor MongoDB.",
      "",
      "Starts DynamoDB Local and a MongoDB-compatible server, copies three tables while they",
      "change, and compares both sides item by item. With --mapping, it copies one table, in which",
      "customers and orders are together, to several collections. With --cutover, it cuts over to",
      "MongoDB, changes documents there, and returns to DynamoDB.",
      "Works only in a checkout, because DynamoDB Local may not be distributed."
    })
final class DemoCommand implements Callable<Integer> {
  private static final int MOST_SECONDS = 24 * 60 * 60;

  @Spec private CommandSpec spec;

  @Mixin private HelpOption help;

  @Option(
      names = "--for",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "Keep changing the tables this long after the copy, to watch it in a browser.")
  private int seconds;

  @Option(
      names = "--mapping",
      description = "Take a single-table design apart, as docs/mapping.md shows it.")
  private boolean mapping;

  @Option(
      names = "--cutover",
      description = "Cut over to MongoDB and come back, as docs/cutover.md shows it.")
  private boolean cutOver;

  @Override
  public Integer call() throws Exception {
    if (seconds < 0 || seconds > MOST_SECONDS) {
      throw new ParameterException(
          spec.commandLine(), "--for: must be a number from 0 to " + MOST_SECONDS);
    }
    if (mapping && cutOver) {
      throw new ParameterException(
          spec.commandLine(), "--mapping and --cutover: choose one of them");
    }
    Logging.startQuiet();
    Duration goOn = Duration.ofSeconds(seconds);
    if (cutOver) {
      return new RoundTrip(System.out, Terminal.isThere(), goOn).run();
    }
    Demo demo =
        mapping
            ? Demo.ofMapping(System.out, Terminal.isThere(), goOn)
            : Demo.ofTables(System.out, Terminal.isThere(), goOn);
    return demo.run();
  }
}
