package io.nimoshake.mapping.plugin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLConnection;
import java.net.URLStreamHandler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Loads the classes and resources of jars in memory. In a jar for several versions of Java, it sees
 * the files for the oldest one.
 */
final class JarClasses extends ClassLoader {
  static {
    registerAsParallelCapable();
  }

  private final List<PluginJar> jars;

  JarClasses(List<PluginJar> jars, ClassLoader parent) {
    super("plugin", parent);
    this.jars = jars;
  }

  @Override
  protected Class<?> findClass(String name) throws ClassNotFoundException {
    byte[] bytes =
        contents(name.replace('.', '/') + ".class")
            .findFirst()
            .orElseThrow(() -> new ClassNotFoundException(name));
    return defineClass(name, bytes, 0, bytes.length);
  }

  private Stream<byte[]> contents(String name) {
    return jars.stream().flatMap(jar -> Optional.ofNullable(jar.entries().get(name)).stream());
  }

  @Override
  protected URL findResource(String name) {
    return contents(name).findFirst().map(content -> url(name, content)).orElse(null);
  }

  @Override
  protected Enumeration<URL> findResources(String name) {
    List<URL> found = new ArrayList<>();
    contents(name).forEach(content -> found.add(url(name, content)));
    return Collections.enumeration(found);
  }

  private static URL url(String name, byte[] content) {
    try {
      return new URL("plugin", null, -1, "/" + name, new InMemory(content));
    } catch (MalformedURLException e) {
      throw new IllegalStateException("a URL with a handler of its own is never malformed", e);
    }
  }

  /** Opens a resource. */
  private static final class InMemory extends URLStreamHandler {
    private final byte[] content;

    InMemory(byte[] content) {
      this.content = content;
    }

    @Override
    protected URLConnection openConnection(URL url) {
      return new URLConnection(url) {
        @Override
        public void connect() throws IOException {
          connected = true;
        }

        @Override
        public InputStream getInputStream() {
          return new ByteArrayInputStream(content);
        }
      };
    }
  }
}
