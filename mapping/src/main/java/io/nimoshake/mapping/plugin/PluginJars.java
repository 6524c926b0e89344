package io.nimoshake.mapping.plugin;

import io.nimoshake.core.model.Slice;
import io.nimoshake.mapping.yaml.MappingException;
import io.nimoshake.plugin.MappingPlugin;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The jars of a directory, from which a plug-in is loaded. Its classes are apart from those of
 * nimo-shake: a plug-in may bring any library in any version.
 */
final class PluginJars {
  private final Path directory;
  private final List<Path> jars;

  private PluginJars(Path directory, List<Path> jars) {
    this.directory = directory;
    this.jars = jars;
  }

  /**
   * Finds the jars of a directory, not of those inside it.
   *
   * @throws MappingException if it has none
   */
  static PluginJars in(Path directory) throws MappingException {
    if (!Files.isDirectory(directory)) {
      throw wrong("there is no directory " + directory + ": create it, and put the jars into it");
    }
    try (Stream<Path> files = Files.list(directory)) {
      List<Path> jars = files.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
      if (jars.isEmpty()) {
        throw wrong("directory " + directory + " has no jar");
      }
      return new PluginJars(directory, jars);
    } catch (IOException e) {
      throw wrong("directory " + directory + " cannot be read: " + e);
    }
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
      loaded = Class.forName(className, true, loader());
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
    return jars.stream().map(jar -> jar.getFileName().toString()).collect(Collectors.joining(", "));
  }

  /** Never closed: a plug-in may need another class at any time. */
  private URLClassLoader loader() {
    List<URL> urls = new ArrayList<>();
    try {
      for (Path jar : jars) {
        urls.add(jar.toUri().toURL());
      }
    } catch (MalformedURLException e) {
      throw new IllegalStateException("a file always has a URL", e);
    }
    return new URLClassLoader(
        urls.toArray(URL[]::new), new SharedClasses(MappingPlugin.class.getClassLoader()));
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
  String digest() throws MappingException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      List<String> each = new ArrayList<>();
      for (Path jar : jars) {
        each.add(HexFormat.of().formatHex(digest(jar)));
      }
      each.stream().sorted().forEach(one -> digest.update(Slice.utf8(one).array()));
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  private static byte[] digest(Path jar) throws MappingException, NoSuchAlgorithmException {
    MessageDigest digest = MessageDigest.getInstance("SHA-256");
    try (ZipFile file = new ZipFile(jar.toFile())) {
      List<? extends ZipEntry> entries =
          file.stream()
              .filter(entry -> !entry.isDirectory())
              .sorted(Comparator.comparing(ZipEntry::getName))
              .toList();
      for (ZipEntry entry : entries) {
        digest.update(Slice.utf8(entry.getName()).array());
        try (InputStream content = file.getInputStream(entry)) {
          digest.update(content.readAllBytes());
        }
      }
      return digest.digest();
    } catch (ZipException e) {
      throw wrong(jar + " is not a jar: " + e.getMessage());
    } catch (IOException e) {
      throw wrong(jar + " cannot be read: " + e);
    }
  }
}
