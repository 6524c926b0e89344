package io.nimoshake.flink;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.nimoshake.testkit.wire.FreePort;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A standalone Flink cluster as on a user's machines: a JobManager and TaskManagers, each a JVM of
 * its own with nothing but Flink in it; jobs come by {@code flink run} with the packed jar. It is
 * started by the scripts of a distribution if {@link FlinkPrograms#HOME} names one.
 */
public final class RealCluster implements AutoCloseable {
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final Pattern JOB_ID = Pattern.compile("JobID ([0-9a-f]{32})");

  private final Path directory;
  private final int slots;
  private final FlinkPrograms programs;
  private final int restPort;
  private final Path checkpoints;
  private final Map<Integer, Process> taskManagers = new HashMap<>();
  private final HttpClient http = HttpClient.newHttpClient();
  private final ObjectMapper json = new ObjectMapper();
  private Process jobManager;
  private int processes;

  private RealCluster(
      Path directory, int slots, List<String> jvmOptions, Duration checkpointInterval)
      throws IOException {
    this.directory = directory;
    this.slots = slots;
    this.restPort = FreePort.pick();
    this.checkpoints = directory.resolve("flink-checkpoints");
    writeConfiguration(checkpointInterval);
    this.programs = FlinkPrograms.find(jvmOptions, directory);
  }

  /** Starts one with so many TaskManagers. */
  public static RealCluster start(Path directory, int count, int slots) throws Exception {
    return start(
        new RealCluster(
            directory, slots, List.of("-XX:TieredStopAtLevel=1"), Duration.ofMillis(500)),
        count);
  }

  /** To be measured: with the JVM's own options and the checkpoint interval of the job. */
  static RealCluster startAsInUse(Path directory, int count, int slots) throws Exception {
    return start(new RealCluster(directory, slots, List.of(), Duration.ofSeconds(5)), count);
  }

  private static RealCluster start(RealCluster cluster, int count) throws Exception {
    cluster.startJobManager();
    for (int i = 0; i < count; i++) {
      cluster.startTaskManager(i);
    }
    cluster.awaitSlots(count * cluster.slots);
    return cluster;
  }

  private void writeConfiguration(Duration checkpointInterval) throws IOException {
    List<String> lines =
        List.of(
            "jobmanager.rpc.address: 127.0.0.1",
            "jobmanager.rpc.port: " + FreePort.pick(),
            "jobmanager.bind-host: 127.0.0.1",
            "rest.address: 127.0.0.1",
            "rest.bind-address: 127.0.0.1",
            "rest.port: " + restPort,
            "taskmanager.host: 127.0.0.1",
            "taskmanager.bind-host: 127.0.0.1",
            "taskmanager.numberOfTaskSlots: " + slots,
            "jobmanager.memory.heap.size: 512m",
            "jobmanager.memory.off-heap.size: 128m",
            "jobmanager.memory.jvm-metaspace.size: 192m",
            "jobmanager.memory.jvm-overhead.min: 64m",
            "jobmanager.memory.jvm-overhead.max: 64m",
            // Without Flink's scripts nobody works these out.
            "taskmanager.cpu.cores: 1.0",
            "taskmanager.memory.framework.heap.size: 64m",
            "taskmanager.memory.framework.off-heap.size: 64m",
            "taskmanager.memory.task.heap.size: 192m",
            "taskmanager.memory.task.off-heap.size: 16m",
            "taskmanager.memory.managed.size: 0m",
            "taskmanager.memory.network.min: 16m",
            "taskmanager.memory.network.max: 16m",
            "taskmanager.memory.jvm-metaspace.size: 192m",
            "taskmanager.memory.jvm-overhead.min: 64m",
            "taskmanager.memory.jvm-overhead.max: 64m",
            "heartbeat.interval: 1000",
            // A JVM may stand still for long; one that was killed refuses connections.
            "heartbeat.timeout: 60000",
            "io.tmp.dirs: " + directory,
            "execution.checkpointing.interval: " + checkpointInterval.toMillis() + " ms",
            "execution.checkpointing.dir: " + checkpoints.toUri(),
            "execution.checkpointing.savepoint-dir: " + checkpoints.toUri(),
            "restart-strategy.type: fixed-delay",
            "restart-strategy.fixed-delay.attempts: 1000",
            "restart-strategy.fixed-delay.delay: 500 ms");
    Files.write(directory.resolve("config.yaml"), lines);
  }

  private Process start(ProcessBuilder program) throws IOException {
    Process process =
        program
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("flink-" + ++processes + ".out").toFile())
            .start();
    Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    return process;
  }

  public void startJobManager() throws IOException {
    jobManager = start(programs.jobManager(directory));
  }

  public void startTaskManager(int number) throws IOException {
    taskManagers.put(
        number, start(programs.taskManager(directory, "tm-" + number + "-" + processes)));
  }

  /** SIGKILL. */
  public void killTaskManager(int number) throws InterruptedException {
    taskManagers.remove(number).destroyForcibly().waitFor();
  }

  /** SIGKILL. */
  public void killJobManager() throws InterruptedException {
    jobManager.destroyForcibly().waitFor();
  }

  /** Waits until so many slots are there. */
  public void awaitSlots(int count) {
    await()
        .atMost(LIMIT)
        .failFast(() -> assertRuns(jobManager))
        .ignoreExceptions()
        .until(() -> get("/overview").get("slots-total").asInt() >= count);
  }

  private void assertRuns(Process process) {
    if (!process.isAlive()) {
      throw new AssertionError("the JobManager has ended:\n" + output());
    }
  }

  /** {@code flink run}; the job's id. */
  public String run(Path conf, int parallelism, Optional<String> from) throws Exception {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "run",
                "--detached",
                "--jobmanager",
                "127.0.0.1:" + restPort,
                "--parallelism",
                Integer.toString(parallelism)));
    from.ifPresent(path -> arguments.addAll(List.of("--fromSavepoint", path)));
    arguments.addAll(List.of(jar().toString(), "--conf-file", conf.toString()));
    Process process = start(programs.client(directory, arguments));
    String printed;
    if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
    printed = Files.readString(directory.resolve("flink-" + processes + ".out"));
    Matcher id = JOB_ID.matcher(printed);
    if (!id.find()) {
      throw new AssertionError("not submitted:\n" + printed);
    }
    return id.group(1);
  }

  private static Path jar() {
    Path jar = Path.of("target", "nimo-shake-flink.jar").toAbsolutePath();
    if (!Files.exists(jar)) {
      throw new AssertionError(jar + " is missing: it is made in the phase package");
    }
    return jar;
  }

  private JsonNode get(String path) throws IOException, InterruptedException {
    return json.readTree(call(HttpRequest.newBuilder(uri(path)).build()));
  }

  private JsonNode post(String path, String body) throws IOException, InterruptedException {
    return json.readTree(
        call(
            HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build()));
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + restPort + path);
  }

  private String call(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() / 100 != 2) {
      throw new IOException(response.statusCode() + " " + response.body());
    }
    return response.body();
  }

  public String status(String job) {
    try {
      return get("/jobs/" + job).get("state").asText();
    } catch (IOException | InterruptedException e) {
      return e.toString();
    }
  }

  Collection<Process> taskManagers() {
    return taskManagers.values();
  }

  /** How long a job that is over took. */
  Duration duration(String job) throws Exception {
    return Duration.ofMillis(get("/jobs/" + job).get("duration").asLong());
  }

  /** What the cluster has used so far. */
  Duration cpu() {
    return cpu(Stream.of(jobManager)).plus(taskManagersCpu());
  }

  /** What the TaskManagers that run have used so far. */
  Duration taskManagersCpu() {
    return cpu(taskManagers.values().stream());
  }

  private static Duration cpu(Stream<Process> programs) {
    return programs
        .map(process -> process.info().totalCpuDuration().orElse(Duration.ZERO))
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** Fails with all that was printed if the job is over. */
  public void assertGoesOn(String job) {
    String status = status(job);
    if (List.of("FAILED", "CANCELED", "FINISHED").contains(status)) {
      throw new AssertionError("the job is " + status + ":\n" + output());
    }
  }

  /** Waits until a checkpoint of the job is complete: only then does all of it run. */
  public void awaitCheckpoint(String job) {
    await()
        .atMost(LIMIT)
        .failFast(() -> assertGoesOn(job))
        .ignoreExceptions()
        .until(
            () ->
                get("/jobs/" + job + "/checkpoints").path("counts").path("completed").asInt() > 0);
  }

  /** Stops a job; where its savepoint is. */
  public String stop(String job) throws Exception {
    awaitCheckpoint(job);
    String trigger =
        post("/jobs/" + job + "/stop", "{\"drain\": false}").get("request-id").asText();
    String[] location = new String[1];
    String[] failure = new String[1];
    await()
        .atMost(LIMIT)
        .ignoreExceptions()
        .until(
            () -> {
              JsonNode answer = get("/jobs/" + job + "/savepoints/" + trigger);
              JsonNode operation = answer.path("operation");
              failure[0] = operation.path("failure-cause").toString();
              location[0] = operation.path("location").asText(null);
              return location[0] != null || !failure[0].isEmpty();
            });
    if (location[0] == null) {
      throw new AssertionError(failure[0]);
    }
    await().atMost(LIMIT).until(() -> status(job).equals("FINISHED"));
    return location[0];
  }

  /** Where the last complete checkpoint of a job is. */
  public String lastCheckpoint(String job) throws Exception {
    return get("/jobs/" + job + "/checkpoints")
        .path("latest")
        .path("completed")
        .path("external_path")
        .asText();
  }

  public String output() {
    StringBuilder all = new StringBuilder();
    try {
      for (int i = 1; i <= processes; i++) {
        all.append("--- ").append(i).append('\n');
        all.append(Files.readString(directory.resolve("flink-" + i + ".out")));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all.toString();
  }

  @Override
  public void close() {
    taskManagers.values().forEach(Process::destroyForcibly);
    jobManager.destroyForcibly();
  }
}
