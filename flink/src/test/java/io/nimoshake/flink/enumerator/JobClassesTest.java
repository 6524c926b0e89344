package io.nimoshake.flink.enumerator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flink closes the loader of a job's classes while the job still ends. */
class JobClassesTest {
  /** The last needs classes that the jar lacks. */
  private static final List<String> IN_THE_JAR =
      List.of(
          "io.nimoshake.flink.enumerator.JobClasses",
          "io.nimoshake.core.engine.LeaseRelease",
          "com.mongodb.client.model.DeleteOptions",
          "com.mongodb.client.internal.MongoClientImpl");

  @TempDir Path directory;

  private URLClassLoader job;
  private Method load;

  @BeforeEach
  void openJob() throws Exception {
    // As Flink names its copy.
    Path jar = directory.resolve("blob_p-1");
    try (JarOutputStream out = new JarOutputStream(Files.newOutputStream(jar))) {
      for (String name : IN_THE_JAR) {
        String entry = name.replace('.', '/') + ".class";
        out.putNextEntry(new ZipEntry(entry));
        try (InputStream in = getClass().getClassLoader().getResourceAsStream(entry)) {
          in.transferTo(out);
        }
        out.closeEntry();
      }
    }
    job = new URLClassLoader(new URL[] {jar.toUri().toURL()}, new WithoutTheJob());
    load = job.loadClass(IN_THE_JAR.get(0)).getDeclaredMethod("load");
    load.setAccessible(true);
  }

  @Test
  void whatOnlyTheEndNeedsIsThereAfterTheLoaderWasClosed() throws Exception {
    load.invoke(null);
    job.close();
    for (String name : List.of(IN_THE_JAR.get(1), IN_THE_JAR.get(2))) {
      assertEquals(job, job.loadClass(name).getClassLoader());
    }
  }

  @Test
  void withoutThatItIsNotThere() throws IOException {
    job.close();
    assertThrows(ClassNotFoundException.class, () -> job.loadClass(IN_THE_JAR.get(1)));
  }

  /** Has everything but the classes of the job, as the loader of a cluster. */
  private static final class WithoutTheJob extends ClassLoader {
    WithoutTheJob() {
      super(JobClassesTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (name.startsWith("io.nimoshake.") || name.startsWith("com.mongodb.")) {
        throw new ClassNotFoundException(name);
      }
      return super.loadClass(name, resolve);
    }
  }
}
