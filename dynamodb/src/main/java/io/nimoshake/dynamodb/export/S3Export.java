package io.nimoshake.dynamodb.export;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.dynamodb.client.Faults;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.NoSuchFileException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.NoSuchBucketException;
import software.amazon.awssdk.services.s3.model.NoSuchKeyException;

/**
 * An export in a bucket of Amazon S3 or of a service that is compatible with it.
 *
 * @param directory the key of the manifests up to their names, such as {@code
 *     prefix/AWSDynamoDB/01693685827463-2d8752fd}
 */
record S3Export(S3Client client, String bucket, String directory) implements ExportStore {
  static final String SCHEME = "s3://";

  /**
   * The export at an address.
   *
   * @param location {@code s3://bucket/directory}
   */
  static S3Export at(String location, S3Client client) {
    String[] parts = location.substring(SCHEME.length()).split("/", 2);
    return new S3Export(client, parts[0], parts.length > 1 ? parts[1].replaceAll("/+$", "") : "");
  }

  @Override
  public String location() {
    return SCHEME + bucket + "/" + directory;
  }

  @Override
  public InputStream manifest(String name) throws IOException, Fault {
    return open(directory.isEmpty() ? name : directory + "/" + name);
  }

  @Override
  public InputStream data(String key) throws IOException, Fault {
    return open(key);
  }

  private InputStream open(String key) throws IOException, Fault {
    try {
      return new ObjectStream(client.getObject(request -> request.bucket(bucket).key(key)));
    } catch (NoSuchKeyException | NoSuchBucketException e) {
      NoSuchFileException missing = new NoSuchFileException(SCHEME + bucket + "/" + key);
      missing.initCause(e);
      throw missing;
    } catch (SdkException e) {
      throw fault(SCHEME + bucket + "/" + key, e);
    }
  }

  /**
   * The fault of reading an object. The SDK compares the checksum of an object while its stream is
   * read, and throws an exception that is not an {@link IOException}. The object may be damaged for
   * ever, so it is not read for ever.
   */
  static Fault fault(String object, SdkException e) {
    Fault fault = Faults.ofTable("read " + object, e);
    return String.valueOf(e.getMessage()).contains("different checksum")
        ? new Fault.Unknown(fault.getMessage(), e)
        : fault;
  }
}
