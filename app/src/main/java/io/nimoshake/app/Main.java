package io.nimoshake.app;

import io.nimoshake.app.cli.CommandLineInterface;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Where the program begins. */
public final class Main {
  private Main() {}

  public static void main(String[] arguments) {
    if (arguments.length == 1 && isVersion(arguments[0])) {
      // Asked for by scripts: answered before anything is loaded.
      System.out.println(version());
      return;
    }
    System.exit(CommandLineInterface.run(arguments));
  }

  private static boolean isVersion(String argument) {
    return argument.equals("--version") || argument.equals("-version") || argument.equals("-V");
  }

  /** Name and version of the program, on one line. */
  public static String version() {
    try (InputStream in = Main.class.getResourceAsStream("version.txt")) {
      return "nimo-shake " + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
