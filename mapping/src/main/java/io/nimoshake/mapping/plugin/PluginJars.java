package io.nimoshake.mapping.plugin;

import io.nimoshake.core.model.Slice;
import io.nimoshake.mapping.yaml.MappingException;
import io.nimoshake.plugin.MappingPlugin;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The jars from which a plug-in is loaded, with their contents. They are read once, with the
 * configuration, and can travel with it: another process, such as a worker of a Flink job, does not
 * have the directory. The classes are apart from those of nimo-shake: a plug-in may bring any
 * library in any version.
 */
public final class PluginJars {
  private static final String JAR = ".jar";

  private final String directory;
  private final List<PluginJar> jars;

  private PluginJars(String directory, List<PluginJar> jars) {
    this.directory = directory;
    this.jars = jars;
  }

  /**
   * Reads the jars of a directory, not of those inside it.
   *
   * @throws MappingException if it has none, or one cannot be read
   */
  public static PluginJars in(Path directory) throws MappingException {
    if (!Files.isDirectory(directory)) {
      throw wrong("there is no directory " + directory + ": create it, and put the jars into it");
    }
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> found = files.filter(file -> file.toString().endsWith(JAR)).sorted().toList();
      if (found.isEmpty()) {
        throw wrong("directory " + directory + " has no jar");
      }
      List<PluginJar> jars = new ArrayList<>();
      for (Path each : found) {
        jars.add(read(each));
      }
      return new PluginJars(directory.toString(), jars);
    } catch (IOException e) {
      throw wrong("directory " + directory + " cannot be read: " + e);
    }
  }

  private static PluginJar read(Path jar) throws MappingException {
    try {
      return PluginJar.of(jar.getFileName().toString(), Files.readAllBytes(jar));
    } catch (PluginJar.NoJarException e) {
      throw wrong(jar + " is not a jar: " + e.getMessage());
    } catch (IOException e) {
      throw wrong(jar + " cannot be read: " + e);
    }
  }

  /** The jars as text: the directory, then a line for each jar. {@link #ofText} reads it. */
  public String asText() {
    return jars.stream()
        .map(
            jar ->
                Base64.getEncoder().encodeToString(Slice.utf8(jar.name()).array())
                    + " "
                    + Base64.getEncoder().encodeToString(jar.bytes()))
        .collect(Collectors.joining("\n", directory + "\n", ""));
  }

  /** Whether this is what {@link #asText} makes, and not the name of a directory. */
  public static boolean isText(String text) {
    return text.indexOf('\n') >= 0;
  }

  /** The jars that {@link #asText} has made a text of. */
  public static PluginJars ofText(String text) throws MappingException {
    List<String> lines = text.lines().toList();
    List<PluginJar> jars = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      int space = line.indexOf(' ');
      String name = Slice.of(Base64.getDecoder().decode(line.substring(0, space))).toUtf8();
      try {
        jars.add(PluginJar.of(name, Base64.getDecoder().decode(line.substring(space + 1))));
      } catch (IOException e) {
        throw wrong(name + " has come here damaged: " + e);
      }
    }
    return new PluginJars(lines.get(0), jars);
  }

  private static MappingException wrong(String message) {
    return new MappingException(List.of("mapping.plugin: " + message));
  }

  /**
   * Makes an instance of a class of the jars.
   *
   * @throws MappingException if there is no such class, or it is no plug-in, or it throws
   */
  MappingPlugin load(String className) throws MappingException {
    Class<?> loaded;
    try {
      loaded = Class.forName(className, true, new JarClasses(jars, sharedClasses()));
    } catch (ClassNotFoundException e) {
      throw wrong(
          "class " + className + " is in none of the jars of " + directory + ": " + names());
    } catch (UnsupportedClassVersionError e) {
      throw wrong(
          className
              + " was compiled for a newer Java than this one, which is "
              + Runtime.version().feature());
    } catch (LinkageError e) {
      throw wrong(className + " cannot be loaded: " + e);
    }
    if (!MappingPlugin.class.isAssignableFrom(loaded)) {
      throw wrong(className + " does not implement " + MappingPlugin.class.getName());
    }
    try {
      return (MappingPlugin) loaded.getConstructor().newInstance();
    } catch (InvocationTargetException e) {
      throw wrong("the constructor of " + className + " throws " + e.getCause());
    } catch (ReflectiveOperationException e) {
      throw wrong(
          className + " must be a public class with a public constructor without parameters");
    } catch (LinkageError e) {
      throw wrong(className + " cannot be created: " + e);
    }
  }

  private String names() {
    return jars.stream().map(PluginJar::name).collect(Collectors.joining(", "));
  }

  private static ClassLoader sharedClasses() {
    return new SharedClasses(MappingPlugin.class.getClassLoader());
  }

  /** What nimo-shake shares with a plug-in, beside the JDK. */
  private static final class SharedClasses extends ClassLoader {
    private static final List<String> PACKAGES =
        List.of("io.nimoshake.plugin.", "org.bson.", "org.slf4j.");

    private final ClassLoader ours;

    SharedClasses(ClassLoader ours) {
      super(ClassLoader.getPlatformClassLoader());
      this.ours = ours;
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      if (PACKAGES.stream().anyMatch(name::startsWith)) {
        return ours.loadClass(name);
      }
      throw new ClassNotFoundException(name);
    }
  }

  /**
   * Changes when the content of a jar does. The names of jars and the times inside them do not
   * count: the same sources, built again, are the same mapping.
   */
  String digest() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      List<String> each = new ArrayList<>();
      for (PluginJar jar : jars) {
        MessageDigest one = MessageDigest.getInstance("SHA-256");
        jar.entries()
            .forEach(
                (name, content) -> {
                  one.update(Slice.utf8(name).array());
                  one.update(content);
                });
        each.add(HexFormat.of().formatHex(one.digest()));
      }
      each.stream().sorted().forEach(one -> digest.update(Slice.utf8(one).array()));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
