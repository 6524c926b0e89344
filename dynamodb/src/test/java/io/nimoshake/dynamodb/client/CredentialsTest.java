package io.nimoshake.dynamodb.client;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.nimoshake.core.fault.Fault;
import io.nimoshake.dynamodb.client.DynamoSettings.Credentials;
import io.nimoshake.dynamodb.client.DynamoSettings.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import software.amazon.awssdk.core.SdkGlobalTime;
import software.amazon.awssdk.core.exception.SdkException;

class CredentialsTest {
  private static final String ROLE = "arn:aws:iam::123456789012:role/reader";
  private static final Duration LIMIT = Duration.ofMinutes(5);
  private static final String STS_ENDPOINT = "aws.endpointUrlSts";
  private static final Role PLAIN = new Role(ROLE, Optional.empty(), "s");

  /** The SDK renews credentials that expire in less than a minute, at most once a second. */
  private static final Duration ABOUT_TO_EXPIRE = Duration.ofSeconds(30);

  private FakeAws aws;
  @TempDir private Path home;

  @BeforeEach
  void start() throws IOException {
    aws = new FakeAws();
    System.setProperty(STS_ENDPOINT, aws.endpoint().toString());
  }

  @AfterEach
  void stop() throws IOException {
    System.clearProperty(STS_ENDPOINT);
    SdkGlobalTime.setGlobalTimeOffset(0);
    aws.close();
  }

  private DynamoSettings settings() {
    return DynamoSettings.defaults()
        .withEndpoint(aws.endpoint())
        .withMaxRetries(0)
        .withTimeouts(LIMIT, LIMIT)
        .withCredentials(new Credentials("OWN", "secret", Optional.empty()));
  }

  private static void list(DynamoClients clients) throws Fault {
    try {
      clients.tables().listTables();
    } catch (SdkException e) {
      throw Faults.ofService("list", e);
    }
  }

  @Test
  void aRoleIsAssumedWithTheGivenCredentialsForTablesAndStreams() throws Fault {
    Role role = new Role(ROLE, Optional.of("ext-1"), "my-session");
    try (DynamoClients clients = new DynamoClients(settings().withRole(role), List.of())) {
      list(clients);
      clients.streams().listStreams();
    }

    assertEquals(1, aws.toSts().size());
    String request = aws.toSts().get(0);
    assertTrue(request.contains("RoleArn=" + ROLE), request);
    assertTrue(request.contains("ExternalId=ext-1"), request);
    assertTrue(request.contains("RoleSessionName=my-session"), request);
    assertEquals(
        List.of("OWN", "ROLE1", "ROLE1"),
        aws.requests().stream().map(FakeAws.Request::accessKey).toList());
  }

  @Test
  void theCredentialsOfARoleAreRenewedBeforeTheyExpire() throws Fault {
    aws.credentialsLive(ABOUT_TO_EXPIRE);
    try (DynamoClients clients = new DynamoClients(settings().withRole(PLAIN), List.of())) {
      list(clients);
      Awaitility.await().atMost(LIMIT).until(() -> lists(clients, "ROLE2"));
    }

    assertFalse(aws.toSts().get(0).contains("ExternalId"));
  }

  private boolean lists(DynamoClients clients, String accessKey) throws Fault {
    list(clients);
    return aws.toDynamo().stream().anyMatch(request -> request.accessKey().equals(accessKey));
  }

  @Test
  void withoutARegionTheErrorSaysWhereItWasLookedFor() throws Exception {
    assertEquals(
        "fatal: no AWS region found: source.region or target.region is not set, and neither is the"
            + " environment variable AWS_REGION; profile default has none, and no EC2 instance says"
            + " where it is",
        ListTablesProgram.run(home, Map.of(ListTablesProgram.NO_REGION, "true")));
  }

  @Test
  void aRefusedRoleIsFinalAtFirstAndRetriedOnceItHasWorked() throws Fault {
    aws.credentialsLive(ABOUT_TO_EXPIRE);
    try (DynamoClients clients = new DynamoClients(settings().withRole(PLAIN), List.of())) {
      aws.refuseRoles(403, "AccessDenied", "User OWN may not assume the role");
      Fault.Fatal refused = assertThrows(Fault.Fatal.class, () -> list(clients));
      assertEquals(
          "cannot list: no AWS credentials found: role "
              + ROLE
              + ": AccessDenied (User OWN may not assume the role)",
          refused.getMessage());

      aws.refuseRoles(503, "ServiceUnavailable", "come again");
      assertThrows(Fault.Transient.class, () -> list(clients));

      aws.allowRoles();
      list(clients);
      aws.refuseRoles(403, "AccessDenied", "not now");
      Fault later = Awaitility.await().atMost(LIMIT).until(() -> fault(clients), Objects::nonNull);
      assertInstanceOf(Fault.Unknown.class, later);
      assertTrue(later.getMessage().endsWith("AccessDenied (not now)"), later.getMessage());
    }
  }

  private static Fault fault(DynamoClients clients) {
    try {
      list(clients);
      return null;
    } catch (Fault f) {
      return f;
    }
  }

  @Test
  void aRoleWhoseOwnCredentialsAreMissingSaysSo() throws Exception {
    DynamoSettings settings =
        DynamoSettings.defaults().withEndpoint(aws.endpoint()).withRole(PLAIN);
    Map<String, String> properties =
        Map.of(
            "aws.disableEc2Metadata", "true",
            "aws.configFile", home.resolve("none").toString(),
            "aws.sharedCredentialsFile", home.resolve("none").toString());
    properties.forEach(System::setProperty);
    try (DynamoClients clients = new DynamoClients(settings, List.of())) {
      Fault fault = assertThrows(Fault.class, () -> list(clients));

      assertInstanceOf(Fault.Fatal.class, fault);
      assertTrue(
          fault
              .getMessage()
              .startsWith(
                  "cannot list: no AWS credentials found: role "
                      + ROLE
                      + ": no AWS credentials found: Java system properties: "),
          fault.getMessage());
    } finally {
      properties.keySet().forEach(System::clearProperty);
    }
  }

  @Test
  void aFailedChainTellsWhatEachProviderSaidInOneLine() throws Exception {
    Files.createDirectories(home.resolve(".aws"));
    Files.writeString(
        home.resolve(".aws/config"),
        "[default]\ncredential_process = /bin/sh -c \"echo oops >&2; exit 3\"\n");

    String said =
        ListTablesProgram.run(
            home,
            Map.of(
                "AWS_WEB_IDENTITY_TOKEN_FILE",
                home.resolve("no-token").toString(),
                "AWS_ROLE_ARN",
                ROLE),
            aws.endpoint().toString());

    assertTrue(said.startsWith("fatal: cannot list: no AWS credentials found: "), said);
    for (String part :
        List.of(
            "Java system properties: ",
            "; environment variables: ",
            "AWS_ACCESS_KEY_ID",
            "; web identity token: ",
            "no-token",
            "; profile default: Failed to refresh process-based credentials",
            "oops",
            "; container: ",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI",
            "; EC2 instance: ")) {
      assertTrue(said.contains(part), part + " is not in: " + said);
    }
    assertFalse(said.contains("ProfileFile("), said);
  }

  @Test
  void aWebIdentityTokenIsExchangedForCredentials() throws Exception {
    Path token = Files.writeString(home.resolve("token"), "the-token");
    Map<String, String> environment = new HashMap<>();
    environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString());
    environment.put("AWS_ROLE_ARN", ROLE);
    environment.put("AWS_REGION", "eu-west-1");
    environment.put("AWS_ENDPOINT_URL_STS", aws.endpoint().toString());

    assertEquals("listed", ListTablesProgram.run(home, environment, aws.endpoint().toString()));

    assertTrue(aws.toSts().get(0).contains("WebIdentityToken=the-token"), aws.toSts().get(0));
    assertEquals("ROLE1", aws.toDynamo().get(0).accessKey());
  }

  /** EKS starts a pod before its STS endpoint can be reached. */
  @Test
  void aWebIdentityThatCannotBeExchangedNowIsRetried() throws Exception {
    Path token = Files.writeString(home.resolve("token"), "the-token");
    Map<String, String> environment = new HashMap<>();
    environment.put("AWS_WEB_IDENTITY_TOKEN_FILE", token.toString());
    environment.put("AWS_ROLE_ARN", ROLE);
    environment.put("AWS_REGION", "eu-west-1");
    environment.put("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1");

    String said = ListTablesProgram.run(home, environment, aws.endpoint().toString());

    assertTrue(said.startsWith("transient: cannot list: no AWS credentials found: "), said);
    assertTrue(said.contains("; web identity token: "), said);
    assertTrue(said.contains("refused"), said);
  }

  @Test
  void aProfileWithARoleIsAssumed() throws Exception {
    Files.createDirectories(home.resolve(".aws"));
    Files.writeString(
        home.resolve(".aws/config"),
        """
        [profile reader]
        role_arn = %s
        source_profile = base
        region = eu-west-1
        [profile base]
        aws_access_key_id = BASE
        aws_secret_access_key = secret
        """
            .formatted(ROLE));
    Map<String, String> environment =
        Map.of("AWS_PROFILE", "reader", "AWS_ENDPOINT_URL_STS", aws.endpoint().toString());

    assertEquals("listed", ListTablesProgram.run(home, environment, aws.endpoint().toString()));

    assertEquals("BASE", aws.requests().get(0).accessKey());
    assertEquals("ROLE1", aws.toDynamo().get(0).accessKey());
  }

  @Test
  void aProfileWithSingleSignOnIsUsed() throws Exception {
    String session = "corporate";
    Files.createDirectories(home.resolve(".aws/sso/cache"));
    Files.writeString(
        home.resolve(".aws/config"),
        """
        [default]
        sso_session = %s
        sso_account_id = 123456789012
        sso_role_name = reader
        [sso-session %s]
        sso_region = eu-west-1
        sso_start_url = https://example.awsapps.com/start
        """
            .formatted(session, session));
    String hash =
        java.util.HexFormat.of()
            .formatHex(java.security.MessageDigest.getInstance("SHA-1").digest(session.getBytes()));
    Files.writeString(
        home.resolve(".aws/sso/cache/" + hash + ".json"),
        """
        {"startUrl": "https://example.awsapps.com/start", "region": "eu-west-1",
         "accessToken": "sso-token", "expiresAt": "%s", "clientId": "c", "clientSecret": "s",
         "registrationExpiresAt": "%s", "refreshToken": "r"}
        """
            .formatted(
                Instant.now().plus(Duration.ofHours(8)).truncatedTo(ChronoUnit.SECONDS),
                Instant.now().plus(Duration.ofDays(9)).truncatedTo(ChronoUnit.SECONDS)));

    assertEquals(
        "listed",
        ListTablesProgram.run(
            home,
            Map.of("AWS_ENDPOINT_URL_SSO", aws.endpoint().toString()),
            aws.endpoint().toString()));

    assertEquals("sso-token", aws.requests().get(0).headers().get("x-amz-sso_bearer_token"));
    assertEquals("ROLE1", aws.toDynamo().get(0).accessKey());
  }

  @Test
  void aWrongClockIsCorrectedEvenWithoutRetries() throws Fault {
    for (int minutes : new int[] {20, -20}) {
      SdkGlobalTime.setGlobalTimeOffset(0);
      aws.clockAhead(Duration.ofMinutes(minutes));
      try (DynamoClients clients = new DynamoClients(settings(), List.of())) {
        list(clients);
      }
    }
    assertEquals(4, aws.toDynamo().size());
  }

  @Test
  void aRequestOfTheWrongTimeIsNotARefusedSignature() {
    SdkException e =
        software.amazon.awssdk.services.dynamodb.model.DynamoDbException.builder()
            .statusCode(400)
            .message("Signature not yet current: 20260101T000000Z is still later than x")
            .awsErrorDetails(
                software.amazon.awssdk.awscore.exception.AwsErrorDetails.builder()
                    .errorCode("InvalidSignatureException")
                    .errorMessage(
                        "Signature not yet current: 20260101T000000Z is still later than x")
                    .build())
            .build();

    assertInstanceOf(Fault.Transient.class, Faults.ofService("list", e));
  }
}
