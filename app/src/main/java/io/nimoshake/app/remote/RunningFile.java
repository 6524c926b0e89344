package io.nimoshake.app.remote;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.security.auth.module.UnixSystem;
import io.nimoshake.setup.SyncIdentity;
import io.nimoshake.setup.config.Configuration;
import io.nimoshake.setup.config.GeneralKeys;
import java.io.IOException;
import java.io.StringWriter;
import java.net.InetSocketAddress;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A small file that says where the HTTP interface of a running sync listens. Its name is {@code
 * ID-FINGERPRINT.running.json}. It is in {@code pid_path} if that is set, else in the user's
 * runtime directory. A file that a killed process left behind is recognised by its process id and
 * start time, and ignored.
 */
public final class RunningFile implements AutoCloseable {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final int UID = uid();

  /** Only who reads the file needs more of Jackson, which takes a start 50 ms. */
  private static final JsonFactory JSON = new JsonFactory();

  /**
   * The start time of a process is computed from the boot time, which is only known to a second.
   */
  private static final Duration START_TOLERANCE = Duration.ofSeconds(2);

  private final Path file;

  private RunningFile(Path file) {
    this.file = file;
  }

  /**
   * What the file says.
   *
   * @param pid the process of the sync
   * @param listening where its HTTP interface listens; empty if it has none
   */
  public record Content(long pid, List<InetSocketAddress> listening) {
    public Content {
      listening = List.copyOf(listening);
    }
  }

  /** Writes the file for this process. Overwrites one that was left behind. */
  public static RunningFile write(Configuration configuration, List<InetSocketAddress> listening)
      throws IOException {
    Path file = path(configuration);
    Path directory = file.getParent();
    if (configuration.isSet(GeneralKeys.PID_PATH)) {
      Files.createDirectories(directory);
    } else {
      createOurs(directory);
    }
    SyncIdentity identity = SyncIdentity.of(configuration);
    ProcessHandle process = ProcessHandle.current();
    StringWriter content = new StringWriter();
    try (JsonGenerator json = JSON.createGenerator(content).useDefaultPrettyPrinter()) {
      json.writeStartObject();
      json.writeStringField("id", identity.id());
      json.writeStringField("fingerprint", identity.fingerprint());
      json.writeNumberField("pid", process.pid());
      Optional<Instant> started = process.info().startInstant();
      if (started.isPresent()) {
        json.writeStringField("started", started.get().toString());
      }
      json.writeArrayFieldStart("listening");
      for (InetSocketAddress address : listening) {
        json.writeStartObject();
        json.writeStringField("host", address.getAddress().getHostAddress());
        json.writeNumberField("port", address.getPort());
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    Path part = Files.createTempFile(directory, identity.id(), ".part");
    Files.writeString(part, content + "\n");
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    return new RunningFile(file);
  }

  /** What the file of a configuration says; empty if the sync is not running on this machine. */
  public static Optional<Content> read(Configuration configuration) {
    Path file = path(configuration);
    if (!configuration.isSet(GeneralKeys.PID_PATH) && !isOurs(file.getParent())) {
      return Optional.empty();
    }
    try {
      JsonNode content = new ObjectMapper().readTree(Files.readString(file));
      long pid = content.path("pid").asLong();
      if (!isAlive(pid, content.path("started").asText())) {
        return Optional.empty();
      }
      List<InetSocketAddress> listening = new ArrayList<>();
      for (JsonNode each : content.path("listening")) {
        listening.add(new InetSocketAddress(each.path("host").asText(), each.path("port").asInt()));
      }
      return Optional.of(new Content(pid, listening));
    } catch (IOException e) {
      // There is no such file, or it is not one of ours: then the configured ports are tried.
      return Optional.empty();
    }
  }

  private static boolean isAlive(long pid, String started) {
    Optional<ProcessHandle> process = ProcessHandle.of(pid).filter(ProcessHandle::isAlive);
    Optional<Instant> now = process.flatMap(handle -> handle.info().startInstant());
    if (now.isEmpty() || started.isEmpty()) {
      return process.isPresent();
    }
    return Duration.between(Instant.parse(started), now.get()).abs().compareTo(START_TOLERANCE)
        <= 0;
  }

  static Path path(Configuration configuration) {
    SyncIdentity identity = SyncIdentity.of(configuration);
    Path directory =
        configuration
            .find(GeneralKeys.PID_PATH)
            .map(Path::of)
            .orElseGet(RunningFile::runtimeDirectory);
    return directory.resolve(identity.id() + "-" + identity.fingerprint() + ".running.json");
  }

  private static Path runtimeDirectory() {
    String runtime = System.getenv("XDG_RUNTIME_DIR");
    return runtime != null && Files.isDirectory(Path.of(runtime))
        ? Path.of(runtime, "nimo-shake")
        : Path.of(System.getProperty("java.io.tmpdir"), "nimo-shake-" + userName());
  }

  /** In a container, the user may have a number only. Then Java says "?". */
  private static String userName() {
    String name = System.getProperty("user.name");
    return name.equals("?") ? Integer.toString(UID) : name;
  }

  /**
   * {@link UnixSystem} takes a user without a name for root. So does the owner of {@code
   * /proc/self} for a process with capabilities, see proc(5).
   */
  private static int uid() {
    try {
      for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
        if (line.startsWith("Uid:")) {
          return Integer.parseInt(line.split("\\s+")[1]);
        }
      }
    } catch (IOException e) {
      // Not Linux, so there is no container: the user has a name.
    }
    return (int) new UnixSystem().getUid();
  }

  /** Creates a directory that nobody else can write to, unless it is there. */
  static void createOurs(Path directory) throws IOException {
    try {
      Files.createDirectory(directory, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    } catch (FileAlreadyExistsException e) {
      // By an earlier sync of this user, or by one that starts at the same moment.
      if (!isOurs(directory)) {
        throw e;
      }
    }
  }

  /**
   * Whether a directory belongs to this user and nobody else can write to it. In a directory for
   * temporary files, another user could create it first, and send our token to a port of his own.
   */
  private static boolean isOurs(Path directory) {
    try {
      return Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
          && Files.getAttribute(directory, "unix:uid").equals(UID)
          && OWNER_ONLY.containsAll(
              Files.getPosixFilePermissions(directory, LinkOption.NOFOLLOW_LINKS));
    } catch (IOException e) {
      return false;
    }
  }

  /** Removes the file. */
  @Override
  public void close() throws IOException {
    Files.deleteIfExists(file);
  }
}
