package io.nimoshake.mapping.plugin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * A jar in memory.
 *
 * @param bytes the file
 * @param entries the content of each file inside it, by name
 */
record PluginJar(String name, byte[] bytes, SortedMap<String, byte[]> entries) {
  /** Bytes that are no jar. */
  static final class NoJarException extends IOException {
    private static final long serialVersionUID = 1;

    NoJarException(String message) {
      super(message);
    }
  }

  /** Reads the bytes of a jar. */
  static PluginJar of(String name, byte[] bytes) throws IOException {
    SortedMap<String, byte[]> entries = new TreeMap<>();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (!entry.isDirectory()) {
          entries.put(entry.getName(), in.readAllBytes());
        }
      }
    }
    if (entries.isEmpty()) {
      throw new NoJarException("there are no files in it");
    }
    return new PluginJar(name, bytes, entries);
  }
}
