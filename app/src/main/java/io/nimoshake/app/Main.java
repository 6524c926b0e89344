package io.nimoshake.app;

import io.nimoshake.app.cli.CommandLineInterface;
import io.nimoshake.app.program.Version;

/** The entry point of the program. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    if (arguments.length == 1 && isVersion(arguments[0])) {
      // Scripts ask for the version: answer before other classes are loaded.
      System.out.println(Version.line());
      return;
    }
    System.exit(CommandLineInterface.run(arguments));
  }

  private static boolean isVersion(String argument) {
    return argument.equals("--version") || argument.equals("-version") || argument.equals("-V");
  }
}
