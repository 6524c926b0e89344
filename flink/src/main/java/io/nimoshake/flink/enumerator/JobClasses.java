package io.nimoshake.flink.enumerator;

import java.io.File;
import java.io.IOException;
import java.net.URISyntaxException;
import java.security.CodeSource;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads what the end of a job needs before its end comes. At a stop with a savepoint, Flink 2.0.2
 * and 2.3.0 close the loader of the job's classes while the coordinator still ends. A class that is
 * needed for the first time then cannot be loaded: the lease was not released, and the next job of
 * the same JobManager was refused.
 *
 * <p>Nobody knows beforehand which classes these are: the last save may be the first that removes
 * something. So every class of nimo-shake and of the MongoDB driver is loaded.
 */
final class JobClasses {
  private static final Logger LOG = LoggerFactory.getLogger(JobClasses.class);

  private static final List<String> PACKAGES =
      List.of("io/nimoshake/", "com/mongodb/", "org/bson/");

  private JobClasses() {}

  /** Takes about a second of CPU time. Does nothing where the job is no jar, as in tests. */
  static void load() {
    CodeSource source = JobClasses.class.getProtectionDomain().getCodeSource();
    if (source == null || source.getLocation() == null) {
      return;
    }
    try {
      // Flink gives its copy another name than that of a jar.
      File jar = new File(source.getLocation().toURI());
      if (jar.isFile()) {
        load(jar);
      }
    } catch (IOException | URISyntaxException | IllegalArgumentException e) {
      LOG.warn(
          "the classes of the job cannot be loaded ahead from {}: {}. So flink stop may not release"
              + " the lease, and the next job waits until it ends by itself",
          source.getLocation(),
          e.toString());
    }
  }

  private static void load(File jar) throws IOException {
    try (JarFile file = new JarFile(jar)) {
      file.stream().map(JarEntry::getName).filter(JobClasses::isNeeded).forEach(JobClasses::load);
    }
  }

  private static boolean isNeeded(String entry) {
    return entry.endsWith(".class") && PACKAGES.stream().anyMatch(entry::startsWith);
  }

  private static void load(String entry) {
    String name = entry.substring(0, entry.length() - ".class".length()).replace('/', '.');
    try {
      Class.forName(name, false, JobClasses.class.getClassLoader());
    } catch (ClassNotFoundException | LinkageError e) {
      // Parts of the driver need libraries that the job does not have and does not use.
      LOG.debug("{} is not loaded ahead: {}", name, e.toString());
    }
  }
}
