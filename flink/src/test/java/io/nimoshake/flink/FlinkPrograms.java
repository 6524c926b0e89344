package io.nimoshake.flink;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * How the programs of a Flink cluster are started. Each becomes one process, which can be killed.
 */
interface FlinkPrograms {
  /** The directory of a Flink distribution; without it, Flink is taken from the class path. */
  String HOME = "flink.home";

  /** Starts a JobManager. Flink's configuration is in the directory {@code FLINK_CONF_DIR}. */
  ProcessBuilder jobManager(Path conf);

  /**
   * @param id {@code taskmanager.resource-id}
   */
  ProcessBuilder taskManager(Path conf, String id);

  /** What users type as {@code flink ARGUMENTS}. */
  ProcessBuilder client(Path conf, List<String> arguments);

  /**
   * @param jvmOptions for JobManager and TaskManagers
   * @param conf the directory of Flink's configuration, which gets what the programs need besides
   */
  static FlinkPrograms find(List<String> jvmOptions, Path conf) throws IOException {
    List<String> options = new ArrayList<>(jvmOptions);
    options.addAll(List.of(System.getProperty("nimoshake.flink.opens").split(" ")));
    String home = System.getProperty(HOME, "");
    return home.isEmpty()
        ? new OfClassPath(options)
        : OfDistribution.in(Path.of(home), options, conf);
  }

  /** The classes of Flink that the tests run with, and none of the tests' own. */
  record OfClassPath(List<String> jvmOptions) implements FlinkPrograms {
    /** What of the tests' class path is Flink and what Flink needs. */
    private static final Pattern FLINKS =
        Pattern.compile(
            ".*(org/apache/flink|org/apache/commons|commons-|org/slf4j|ch/qos/logback|kryo|javassist"
                + "|objenesis|minlog|reflectasm|RoaringBitmap|jsr305|async-profiler"
                + "|snakeyaml-engine|lz4|snappy).*\\.jar");

    /** Without a configuration logback logs at DEBUG, every byte of HTTP included. */
    private static final String LOGBACK =
        """
        <configuration>
          <appender name="console" class="ch.qos.logback.core.ConsoleAppender">
            <encoder><pattern>%d{HH:mm:ss.SSS} %-5level %logger{0} - %msg%n</pattern></encoder>
          </appender>
          <root level="INFO"><appender-ref ref="console"/></root>
        </configuration>
        """;

    @Override
    public ProcessBuilder jobManager(Path conf) {
      return java(
          conf,
          "512m",
          List.of(
              "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint",
              "--configDir",
              conf.toString()));
    }

    @Override
    public ProcessBuilder taskManager(Path conf, String id) {
      return java(
          conf,
          "320m",
          List.of(
              "org.apache.flink.runtime.taskexecutor.TaskManagerRunner",
              "--configDir",
              conf.toString(),
              "-D",
              "taskmanager.resource-id=" + id));
    }

    @Override
    public ProcessBuilder client(Path conf, List<String> arguments) {
      List<String> all = new ArrayList<>(List.of("org.apache.flink.client.cli.CliFrontend"));
      all.addAll(arguments);
      return java(conf, "256m", all);
    }

    private ProcessBuilder java(Path conf, String heap, List<String> arguments) {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.add("-Xmx" + heap);
      command.addAll(jvmOptions);
      command.add("-Dlogback.configurationFile=" + logging(conf));
      command.addAll(List.of("-cp", classPath()));
      command.addAll(arguments);
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("FLINK_CONF_DIR", conf.toString());
      return builder;
    }

    private static Path logging(Path conf) {
      try {
        return Files.writeString(conf.resolve("logback-console.xml"), LOGBACK);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private static String classPath() {
      return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
          .filter(entry -> FLINKS.matcher(entry).matches())
          .collect(Collectors.joining(File.pathSeparator));
    }
  }

  /** The scripts of a distribution, as users start them. */
  record OfDistribution(Path home) implements FlinkPrograms {
    static OfDistribution in(Path home, List<String> jvmOptions, Path conf) throws IOException {
      try (Stream<Path> files = Files.list(home.resolve("conf"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".properties")).toList()) {
          Files.copy(file, conf.resolve(file.getFileName()));
        }
      }
      Files.writeString(
          conf.resolve("config.yaml"),
          "env.java.opts.all: " + String.join(" ", jvmOptions) + "\n",
          StandardOpenOption.APPEND);
      return new OfDistribution(home);
    }

    @Override
    public ProcessBuilder jobManager(Path conf) {
      return script(conf, "jobmanager.sh", List.of("start-foreground"));
    }

    @Override
    public ProcessBuilder taskManager(Path conf, String id) {
      return script(
          conf,
          "taskmanager.sh",
          List.of("start-foreground", "-D", "taskmanager.resource-id=" + id));
    }

    @Override
    public ProcessBuilder client(Path conf, List<String> arguments) {
      return script(conf, "flink", arguments);
    }

    private ProcessBuilder script(Path conf, String name, List<String> arguments) {
      List<String> command = new ArrayList<>(List.of(home.resolve("bin").resolve(name).toString()));
      command.addAll(arguments);
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("FLINK_CONF_DIR", conf.toString());
      builder.environment().put("FLINK_LOG_DIR", conf.resolve("log").toString());
      builder.environment().put("FLINK_PID_DIR", conf.resolve("pid").toString());
      builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
      return builder;
    }
  }
}
