package io.nimoshake.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;
import org.junit.platform.commons.support.HierarchyTraversalMode;

/** Skips tests for which this machine lacks a program. The last lines of mvnw say how many. */
public final class SkippedTests {
  /** One line for each test: the reason. mvnw removes the file when it starts. */
  private static final Path LIST = Path.of("target/skipped-tests.txt");

  private SkippedTests() {}

  /** Skips the test that calls this. */
  public static void skipOne(String reason) {
    skip(1, reason);
  }

  /** Skips every test of a class, which calls this before all of them. */
  public static void skipAll(Class<?> tests, String reason) {
    skip(
        AnnotationSupport.findAnnotatedMethods(
                tests, Testable.class, HierarchyTraversalMode.TOP_DOWN)
            .size(),
        reason);
  }

  private static void skip(int count, String reason) {
    List<String> lines = Collections.nCopies(count, reason);
    try {
      Files.createDirectories(LIST.getParent());
      Files.write(LIST, lines, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Assumptions.abort(reason);
  }
}
