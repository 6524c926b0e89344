package io.nimoshake.testkit.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Finds the directory that holds a server's jars.
 *
 * <p>Sought in the directory named by the system property {@value #PROPERTY}, else in {@code
 * testkit} of the checkout that the working directory lies in. There, the jars are in {@code
 * NAME/target/lib}, where the build puts them, or in {@code NAME}.
 */
final class ServerJars {
  static final String PROPERTY = "nimoshake.servers";

  private ServerJars() {}

  /**
   * @param name the directory below {@code testkit}
   * @param product what the user knows it as
   * @throws MissingServerException if there are none
   */
  static Path find(String name, String product) {
    String named = System.getProperty(PROPERTY);
    Optional<Path> base =
        named == null
            ? checkout(Path.of("").toAbsolutePath()).map(root -> root.resolve("testkit"))
            : Optional.of(Path.of(named).toAbsolutePath());
    return find(name, product, base);
  }

  static Path find(String name, String product, Optional<Path> base) {
    if (base.isEmpty()) {
      throw new MissingServerException(
          product
              + " is not part of the distribution: run this in a checkout of nimo-shake that was"
              + " built once, or name a directory that has it with -D"
              + PROPERTY
              + "=DIR");
    }
    Path inBuild = base.get().resolve(name).resolve("target").resolve("lib");
    Path plain = base.get().resolve(name);
    return Stream.of(inBuild, plain)
        .filter(ServerJars::holdsJars)
        .findFirst()
        .orElseThrow(
            () ->
                new MissingServerException(
                    product
                        + " is neither in "
                        + inBuild
                        + " nor in "
                        + plain
                        + ": fetch it with `mvn -pl testkit/"
                        + name
                        + " generate-resources` in a checkout of nimo-shake, or name a directory"
                        + " that has it with -D"
                        + PROPERTY
                        + "=DIR"));
  }

  /** The checkout that a directory lies in. */
  static Optional<Path> checkout(Path directory) {
    return Stream.iterate(directory, dir -> dir != null, Path::getParent)
        .filter(dir -> Files.isRegularFile(dir.resolve("testkit/dynamodb-local/pom.xml")))
        .findFirst();
  }

  private static boolean holdsJars(Path directory) {
    if (!Files.isDirectory(directory)) {
      return false;
    }
    try (Stream<Path> files = Files.list(directory)) {
      return files.anyMatch(file -> file.getFileName().toString().endsWith(".jar"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
