package io.nimoshake.bench.whole;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** A program that is measured. */
interface Program {
  /** The heap of every Java program. */
  String HEAP = "-Xmx256m";

  String name();

  /** Starts the program on a job. A JVM writes its log of garbage collection to {@code gcLog}. */
  MeasuredProcess start(Job job, Path gcLog) throws IOException;

  /** Whether the program writes {@code gcLog}. */
  default boolean tellsHeap() {
    return true;
  }

  /**
   * nimo-shake as it is installed, started by its launcher.
   *
   * @param heap the option that sets its heap; empty: the launcher chooses
   * @param options more options for its JVM
   * @param environment more environment variables for its launcher
   */
  record NimoShake(
      Path launcher, List<String> heap, List<String> options, Map<String, String> environment)
      implements Program {
    static final String LAUNCHER_PROPERTY = "nimoshake.launcher";

    /** The program that the build has made. */
    static NimoShake built(Optional<Path> recordings) {
      String launcher = System.getProperty(LAUNCHER_PROPERTY);
      if (launcher == null) {
        throw new IllegalStateException(
            "no -D" + LAUNCHER_PROPERTY + "=FILE: start this with ./nimo-shake-bench");
      }
      List<String> options =
          recordings
              .map(
                  directory ->
                      List.of(
                          "-XX:StartFlightRecording=settings=profile,dumponexit=true,filename="
                              + directory.toAbsolutePath()
                              + "/"))
              .orElse(List.of());
      return new NimoShake(Path.of(launcher).toAbsolutePath(), List.of(HEAP), options, Map.of());
    }

    /** The same, with the heap that its launcher chooses. */
    NimoShake withOwnHeap() {
      return new NimoShake(launcher, List.of(), options, environment);
    }

    NimoShake with(Map<String, String> environment) {
      return new NimoShake(launcher, heap, options, environment);
    }

    /** Makes the class archive, as one does when installing. */
    void settle() throws IOException, InterruptedException {
      Process making =
          new ProcessBuilder(launcher.toString(), "archive")
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      if (making.waitFor() != 0) {
        throw new IllegalStateException(launcher + " archive ended with " + making.exitValue());
      }
    }

    @Override
    public String name() {
      return "nimo-shake";
    }

    @Override
    public MeasuredProcess start(Job job, Path gcLog) throws IOException {
      return start(job.directory(), gcLog, List.of("-conf=" + job.configuration()));
    }

    MeasuredProcess start(Path directory, Path gcLog, List<String> arguments) throws IOException {
      List<String> jvm = new ArrayList<>(heap);
      jvm.addAll(options);
      jvm.add(GcLog.option(gcLog));
      List<String> command = new ArrayList<>(List.of(launcher.toString()));
      command.addAll(arguments);
      Map<String, String> all = new HashMap<>(environment);
      all.put("NIMO_SHAKE_OPTS", String.join(" ", jvm));
      return MeasuredProcess.start(directory, all, command);
    }
  }

  /**
   * {@link NaiveCopy} or {@link NaiveFollow}.
   *
   * @param heap the option that sets its heap; empty: the JVM chooses
   */
  record Naive(Class<?> main, List<String> heap) implements Program {
    static Naive copy() {
      return new Naive(NaiveCopy.class, List.of(HEAP));
    }

    static Naive follow() {
      return new Naive(NaiveFollow.class, List.of(HEAP));
    }

    Naive withOwnHeap() {
      return new Naive(main, List.of());
    }

    @Override
    public String name() {
      return "naive";
    }

    @Override
    public MeasuredProcess start(Job job, Path gcLog) throws IOException {
      List<String> command = new ArrayList<>();
      command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
      command.addAll(heap);
      command.addAll(
          List.of(
              GcLog.option(gcLog),
              "-cp",
              absolute(System.getProperty("java.class.path")),
              main.getName(),
              job.source().toString(),
              job.target(),
              job.id(),
              String.join(",", job.tables()),
              Integer.toString(job.segments())));
      return MeasuredProcess.start(job.directory(), Map.of(), command);
    }

    private static String absolute(String classPath) {
      return Stream.of(classPath.split(":"))
          .map(entry -> Path.of(entry).toAbsolutePath().toString())
          .reduce((one, two) -> one + ":" + two)
          .orElseThrow();
    }
  }

  /**
   * Another tool. One word of its command line ends in {@code conf=FILE}. The file is copied. In
   * the copy, the lines for source, target, mode and the address of the checkpoint are replaced,
   * and {@code {table}} becomes the names of the tables.
   */
  record Peer(List<String> command) implements Program {
    private static final String FILE_OPTION = "conf=";

    /** Lines of the job that every tool with such a file understands. */
    private static final List<String> REPLACED = List.of("sync_mode", "checkpoint.address");

    static Peer of(String commandLine) {
      return new Peer(List.of(commandLine.trim().split("\\s+")));
    }

    Optional<Path> conf() {
      return command.stream()
          .filter(word -> word.contains(FILE_OPTION))
          .map(word -> Path.of(word.substring(word.indexOf(FILE_OPTION) + FILE_OPTION.length())))
          .findFirst();
    }

    @Override
    public String name() {
      return "peer";
    }

    @Override
    public boolean tellsHeap() {
      return false;
    }

    @Override
    public MeasuredProcess start(Job job, Path gcLog) throws IOException {
      List<String> words = new ArrayList<>();
      for (String word : command) {
        int file = word.indexOf(FILE_OPTION) + FILE_OPTION.length();
        words.add(
            word.contains(FILE_OPTION)
                ? word.substring(0, file) + adapted(Path.of(word.substring(file)), job)
                : word);
      }
      if (words.get(0).contains("/")) {
        words.set(0, Path.of(words.get(0)).toAbsolutePath().toString());
      }
      return MeasuredProcess.start(job.directory(), Map.of(), words);
    }

    private static Path adapted(Path conf, Job job) throws IOException {
      List<String> lines = new ArrayList<>(job.places());
      job.lines().stream().filter(line -> REPLACED.contains(key(line))).forEach(lines::add);
      List<String> replaced = lines.stream().map(Peer::key).toList();
      for (String line : Files.readAllLines(conf)) {
        if (!replaced.contains(key(line))) {
          lines.add(line.replace("{table}", String.join(";", job.tables())));
        }
      }
      return Files.write(job.directory().resolve("peer.conf"), lines);
    }

    private static String key(String line) {
      return line.split("=", 2)[0].trim();
    }
  }
}
