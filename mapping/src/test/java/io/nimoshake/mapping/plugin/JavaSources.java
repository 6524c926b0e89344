package io.nimoshake.mapping.plugin;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.ToolProvider;

/** Compiles sources of plug-ins and puts them into jars, as their authors do. */
public final class JavaSources {
  private final Path directory;

  /**
   * @param directory for classes
   */
  public JavaSources(Path directory) {
    this.directory = directory;
  }

  /** Compiles sources against the class path of the test. Returns the directory of the classes. */
  public Path compile(String name, List<Path> sources) throws IOException {
    Path classes = Files.createDirectories(directory.resolve(name));
    List<String> arguments = new ArrayList<>(List.of("-d", classes.toString(), "-Xlint:all"));
    arguments.addAll(List.of("-Werror", "-classpath", System.getProperty("java.class.path")));
    sources.forEach(source -> arguments.add(source.toString()));
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(null, null, null, arguments.toArray(String[]::new));
    assertTrue(result == 0, () -> "javac failed for " + sources);
    return classes;
  }

  /** Compiles one class of this text into a jar. */
  public Path jar(String className, String text, Path jar) throws IOException {
    String simple = className.substring(className.lastIndexOf('.') + 1);
    Path source = Files.createDirectories(directory.resolve("src-" + jar.getFileName()));
    Path file = Files.writeString(source.resolve(simple + ".java"), text);
    return jar(compile("classes-" + jar.getFileName(), List.of(file)), jar);
  }

  /** Puts a directory of classes into a jar. */
  public static Path jar(Path classes, Path jar) throws IOException {
    Files.createDirectories(jar.getParent());
    try (OutputStream file = Files.newOutputStream(jar);
        JarOutputStream out = new JarOutputStream(file)) {
      for (Path each : files(classes)) {
        out.putNextEntry(new JarEntry(classes.relativize(each).toString()));
        Files.copy(each, out);
        out.closeEntry();
      }
    }
    return jar;
  }

  /** Every file inside a directory. */
  public static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }
}
