import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorSet;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.DynamicMessage;
import com.google.protobuf.util.JsonFormat;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/** A line of JSON in, a line of JSON out: what Java's Protobuf makes of JSON, and of bytes, by a compiled schema. */
class JavaProtobuf {
  static final ObjectMapper mapper = new ObjectMapper();

  public static void main(String[] args) throws Exception {
    var in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
    var out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      ObjectNode answer = mapper.createObjectNode();
      try {
        answer(mapper.readTree(line), answer);
      } catch (Exception error) {
        answer.put("error", String.valueOf(error.getMessage()));
      }
      out.println(mapper.writeValueAsString(answer));
    }
  }

  static void answer(JsonNode question, ObjectNode answer) throws Exception {
    var set = FileDescriptorSet.parseFrom(Base64.getDecoder().decode(question.get("descriptors").asText()));
    Map<String, FileDescriptor> files = new HashMap<>();
    FileDescriptor file = null;
    for (FileDescriptorProto proto : set.getFileList()) {
      var imports = new ArrayList<FileDescriptor>();
      for (String path : proto.getDependencyList()) imports.add(files.get(path));
      file = FileDescriptor.buildFrom(proto, imports.toArray(new FileDescriptor[0]));
      files.put(proto.getName(), file);
    }
    var types = JsonFormat.TypeRegistry.newBuilder();
    for (FileDescriptor known : files.values()) types.add(known.getMessageTypes());
    Descriptor descriptor = types.build().find(question.get("message").asText());
    if (question.has("json")) {
      var message = DynamicMessage.newBuilder(descriptor);
      JsonFormat.parser().usingTypeRegistry(types.build()).merge(question.get("json").asText(), message);
      answer.put("hex", HexFormat.of().formatHex(message.build().toByteArray()));
    }
    if (question.has("hex")) {
      var message = DynamicMessage.parseFrom(descriptor, HexFormat.of().parseHex(question.get("hex").asText()));
      var printer = JsonFormat.printer().includingDefaultValueFields().omittingInsignificantWhitespace();
      answer.put("json", printer.usingTypeRegistry(types.build()).print(message));
    }
  }
}
