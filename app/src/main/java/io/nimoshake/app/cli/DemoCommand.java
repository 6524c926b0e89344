package io.nimoshake.app.cli;

import io.nimoshake.app.demo.Demo;
import io.nimoshake.app.log.Logging;
import io.nimoshake.app.progress.Screen;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code demo}: a sync of sample data, without AWS and MongoDB. */
@Command(
    name = "demo",
    description = {
      "Shows a whole sync on sample data, without AWS and MongoDB.",
      "",
      "Starts DynamoDB Local and a MongoDB-compatible server, copies three tables while they are",
      "changed, and compares both sides item by item.",
      "Needs a checkout that was built, as DynamoDB Local may not be passed on."
    })
final class DemoCommand implements Callable<Integer> {
  @Mixin private HelpOption help;

  @Option(
      names = "--for",
      paramLabel = "SECONDS",
      defaultValue = "0",
      description = "Go on changing for so long after the copy, to watch it in a browser.")
  private int seconds;

  @Override
  public Integer call() throws Exception {
    Logging.startQuiet();
    return new Demo(System.out, Screen.isTerminal(), Duration.ofSeconds(seconds)).run();
  }
}
