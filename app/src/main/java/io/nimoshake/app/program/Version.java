package io.nimoshake.app.program;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The version of the program. */
public final class Version {
  private Version() {}

  /** Name and version of the program, on one line. */
  public static String line() {
    try (InputStream in = Version.class.getResourceAsStream("version.txt")) {
      return "nimo-shake " + new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
