/**
 * Words that people choose first, in lower case: what tops every published list of stolen passwords. Digits, capitals
 * and look-alikes around them are `isCommon`'s work, so that one word stands for its thousand spellings.
 *
 * Curated by hand; none shorter than four letters, because those are found by chance inside longer words.
 */
export const commonWords: readonly string[] = Object.freeze(
  `
  1q2w3e 1q2w3e4r 1q2w3e4r5t 1q2w3e4r5t6y 1qaz2wsx 2pac a1b2c3 a1b2c3d4 a1s2d3f4 aa123456 aardvark abc123
  abcd aberdeen abracadabra abraham access account achilles adgjmptw admin administrator adriana africa
  agent007 airborne aircraft airforce airplane ajax alberto alejandra alejandro aleksandr alexander
  alexandra alexandre alexis alfredo alien aliens alliance alphabet always amanda amazon america american
  amiga amigo amigos amor amore amormio amsterdam anaconda anastasia anderson andrea andrew android
  andromeda angel angela angelica angelina angelo angels anthony antonio anything aphrodite apollo apple
  apples april aquarius aragorn army arsenal arthur arturo asd123 asdasd asdf asdfgh asdfghjkl asdqwe ashley
  aspirine assassin asshole astros athena athletics atlanta atlantic atlantis attitude audi august austin
  australia autumn avengers azerty azsxdc babe babes baby babyboy babydoll babyface babygirl babylove
  backdoor backup bacon badass badboy badgirl bailey balloons banana bananas bank banking barbara barbie
  barcelona barefoot barney bart bartsimpson baseball basket basketball bass bastard batman bayern beach
  beaches bear bears beatles beatrice beautiful beefcake believe believer benjamin benvenuto berlin bernard
  bestfriend bestfriends bethany beverly beyonce bible bieber bienvenido bienvenue bigballs bigbird bigboy
  bigdaddy bigdog biggie bigmac bigred bigtits billybob birthday biscuit bitch bitches biteme black
  blackbird blackcat blackie blackjack blacksmith blahblah blazer blazers blessed blessing blizzard blossom
  blowjob blue blueberry bluebird blueeyes bluesky bobafett bollocks bond007 bonehead bonita bonjour
  bookworm boston boyfriend boys bradford bradley brandon brandy brasil bratz braves brazil brian brighton
  britney brittany broadway broncos bronze brooklyn brother brothers brown brownie brucelee bruins bryan
  buccaneers buckeyes buddy budlight budweiser bugsbunny bulldog bulldogs bulls bullshit bumblebee bunnies
  bunny burger business buster butter butterfly butthead cadillac caesar caitlin california callaway
  callofduty calvin camaro camelot cameron campbell canada canadian candy candyman cannabis canucks captain
  caramel cardinal cardinals carino carlos carmen carolina caroline carpediem cartman casanova cassandra
  cassie catalina catfish catherine cats catwoman cavalier celtic celtics champ champion champions chandler
  change changeit changeme chargers charles charlie charlotte cheese cheesecake cheetah chelsea chemical
  cherries cherry chevelle chevrolet chevy chewbacca cheyenne chicago chicken children china chiquita
  chocolat chocolate chris christ christian christina christine christmas christopher chrome church ciao
  cinderella cinnamon cisco clarence clarinet claudia cleopatra clifford cloud clouds cobra cocacola coco
  cocoa coconut coffee coke college colombia colorado colts columbia columbus comeon commando company compaq
  computer concrete consumer contrasena cookie cookiemonster cookies cool coolboy cooldude coolgirl coolguy
  coolman copper corazon corona corvette cosmos cougar counterstrike courtney cowboy cowboys cracker
  crackers crawford crazy creative cricket cristian cristina crusader crystal cupcake cyber cynthia daddy
  daddysgirl daisy dakota dallas dance dancer dancing daniel daniela danielle dannyboy darkness darkside
  darling darthvader database david davidson deadhead debbie deborah december default defender deftones dell
  demo demon dennis denver desert designer destiny deutschland developer development devil devils dexter
  diablo diamond diamonds diana dickhead digimon digital dingdong dinosaur director disco discord discovery
  doberman dodgers doggie doggy doghouse dogs dollar dollars dolphin dolphins dominic donald donaldduck
  donkey donotenter donotuse dortmund douglas download downtown dragon dragonball dragonfire dragons dream
  dreamer dreams driver drowssap drummer drums ducati dude dudes dustin eagle eagles easter eastside eduardo
  edward eeyore einstein ekaterina eleanor electric electronic elena elephant elizabet elizabeth elmo elvis
  emerald emily eminem emma energy engine engineer england enter enterprise entrance entry eric erica ernest
  espana estrella eternity eugene evelyn everton everyone everything example excalibur explorer facebook
  faith falcon falcons familia family fantasy father february felicia fernanda fernando ferrari final
  finalfantasy fireball firebird firefox fish fisher fishing flamingo fletcher flintstone florence flores
  florida flounder flower flowers flyers football force forest forever forgot formula fortnite fortune foxy
  france francesca francis francisco frank frankie freckles freddy frederic freedom freepass freeuser friday
  friedrich friend friends friendship frodo frontier fucker fuckit fuckme fuckoff fuckyou function funny
  fussball futbol gabriel gabriela gabrielle galaxy game gamecube gamer games gaming gandalf gangsta
  gangster ganja garcia garden garfield gargoyle gateway geheim geheimnis george gerald geraldine gerard
  germany geronimo getlost getmein getout ghost ghosts giants ginger giovanni girl girlfriend girls
  gladiator gloria glory gmail godbless godisgood godzilla gohome goku gold golden goldfish golf golfer
  golfing gonzalez goodboy goodbye goodgirl goodluck goodtime goofy google goose grace graham grandma
  grandpa grateful green greenbay greenday gregory grizzly gryffindor guardian guest guillermo guinevere
  guinness guitar guitars gustavo hacker hackers hakunamatata halflife hallo halloween halo hamburg hamilton
  handsome handyman hannah hannibal happiness happy happyday hardcore hardy harley harleydavidson harold
  harrison harry harrypotter haslo hastings hateyou hawaiian hawk hawks heather heaven heavenly hector
  hedgehog heineken helen helicopter hell hellfire hello hellohello hellokitty helloworld henry hercules
  hermione hermosa hernandez hero heroes heslo highland hiphop hobbit hockey hogwarts hola holiday hollywood
  holyshit homer honda honey hongkong hope horse horses hotdog hotgirl hotmail hotstuff hottie houston hulk
  hulkhogan hunter hunting hurricane husband hyperion icecream iceman idiot idontknow idunno iforgot
  ihateyou illusion ilovegod ilovejesus iloveme ilovemyself iloveu iloveyou imagine immortal imperial india
  infantry infiniti infinity insane inspire instagram inter internet intrepid intruder ipad iphone ireland
  irish iron ironman isabel isabella isabelle island italia italy jackdaniels jackie jackson jacob jaguar
  james jamesbond jamie january japan jasmin jasmine jason jasper jedi jedimaster jeffrey jennifer jeremiah
  jeremy jerome jesse jessica jesus jesuschrist jets john johnathan johncena johnny johnson joker
  jonasbrothers jonathan jordan joseph joshua julian juliana julie juliet july june jupiter justdoit justice
  justin justinbieber justme juventus kamikaze kangaroo karen karolina katerina katherine kathleen katie
  kawasaki kelly kenneth kennwort kenny kentucky kermit kevin keyboard keystone killer killers kimberly king
  kingdom kings kisses kisskiss kissme kitten kittens kitty knicks knight knights korea korn kristen
  kristina labrador lacrosse ladybug lakers lancelot lasvegas laugh laura lauren lawrence legend legendary
  legends legolas lemon lemonade lenovo leonardo leopard leslie letme letmein letmeinnow letmesee liberty
  lifeisgood lifesucks lifetime lightning lily linda lindsay lindsey link linkedin linux lion lions
  liverpool lkjhgfdsa login logitech logon lollipop london longhorn lopez lorenzo losenord loser louise love
  lovelife lovelove lovely loveme lover lovers loveyou loving lowrider lucas lucifer lucky luigi madeline
  madonna madrid maggie magic magical magnolia majestic mama mamma manager manchester mango manutd maradona
  marathon march marcus margaret margarita maria mariana marie marijuana marina marine mariners marines
  mario mariposa marissa mark marlboro marlborough marlins mars marseille martha martin martina martinez
  marvel mary master mastermind matrix matthew maurice mauricio maverick maxwell meatball meathead meatloaf
  mechanic medicine megadeth megan megatron melanie melbourne melissa mercedes mercury meridian merlin messi
  metal metallica mexico miami michael michelle michigan mickey mickeymouse microsoft midnight miguel mike
  milan military miller minecraft minnie miranda mistress mitchell mivida mnbvcxz mohabbat mohammed molly
  mommy monalisa monday money monica monkey monkeys monopoly monster monsters montgomery montreal moonbeam
  moonlight mordor morgan morning morpheus morrison mortgage moscow motdepasse mother motherfucker motorola
  mountain mountains mozilla muenchen muffin muhammad mummy munchkin muppets mushroom music musica musical
  musician mustang mustangs mybaby mylife mylove mypass mypassword myspace mystery mystic napoleon naruto
  nascar natalia natalie natasha nathalie nathan national naughty navy nebraska nefertiti neptune netflix
  netscape network nevergiveup nevermind newcastle newcastleunited newyork nicholas nicolas nicole ninja
  ninjas nintendo nirvana nissan nobody noentry nokia nopass nopassword northern nothing november obiwan
  oblivion ocean oceans october office oklahoma oliver olivia onedirection onepiece opensesame openup
  operator oracle orange oranges orchid original orioles oscar overkill overlord p0o9i8u7 packers paintball
  pakistan pamela pancake panda panther panthers papa paradise paris parola party pass passpass passphrase
  passw0rd passwd password passwordpassword passwort patricia patrick patriots peace peach peaches peanut
  peanuts pearl pedro peekaboo penelope penguins penis pepper peppers pepsi personal peter phantom pharaoh
  philip phillies phillip phoenix piano pickle pickles piglet pikachu pilot pimp pimpdaddy pimpin pineapple
  pink pinkfloyd pinky pirate pirates pistons pizza planet platinum playboy player players playgirl
  playstation pleasure pluto plymouth poiuytrewq pokemon ponies pony popcorn popeye porkchop porn porno
  porsche portland portugal poseidon positive potato potter power powerful powers prayer precious predator
  presario prince princesa princesita princess princesse private programmer public puma pumpkin punisher
  puppies puppy purple pussy pussycat pyramid python q1w2e3 q1w2e3r4 q1w2e3r4t5 q2w3e4r5 qawsed qazwsx
  qazwsxedc queen queenbee qwaszx qwe123 qweasd qweasdzxc qweqwe qwerty qwertyui qwertyuiop qwertz r2d2c3po
  rabbit racer rachel racing ragnarok raiders railroad rain rainbow rainbows raindrop rambo ramirez
  rammstein ranger rangers rapper raven ravens raymond realmadrid rebecca recovery redalert redbull reddog
  redskins redsox redwings remember renegade research resident ricardo richard richmond rightnow rihanna
  river rivera rivers roadkill roadrunner robert roberto robin robinson roblox robocop rock rocker rocket
  rockets rockies rocknroll rockstar rocky rodrigo rodriguez roger rolltide roma ronald ronaldinho ronaldo
  root rose rosemary roses rover royals ruby rugby runescape runner running rush russell russia sabres
  sabrina sadie safari sailboat saints sakura salasana salut salvador samantha sample samsung samuel samurai
  sanchez sandra sandwich santiago sapphire sarah saratoga sasuke satan saturday saturn savannah saxophone
  scarface scarlet schalke school scooby scoobydoo scooter scorpio scorpion scotland seahawks sebastian
  secret security seinfeld seminole semperfi senators senha sentinel september serenity sergio server
  service sesame sexsex sexy sexyboy sexygirl shadow shadows shakira shannon shark sharks sharon sherlock
  sherwood shithead shooter shopping showtime sierra signin signup silly silver silverado simon simpsons
  sinclair singer sister sisters sithlord skateboard skater skittles skype skywalker slapshot slipknot
  smackdown smile smiley smiling smirnoff smith snake snakes sneakers snickers sniper snoopdog snoopy snow
  snowball snowboard snowflake snowman snowwhite snuggles soccer socrates softball software soldier solution
  somebody something sommer sonic sony sophia sophie soul southern southpark spaceman spain spartacus
  spartan spartans spectrum spencer sphinx spider spiderman spirit spitfire spongebob spotify spring spurs
  squidward squirrel stallion standard star starbucks starcraft starfish starlight stars startrek starwars
  steel steelers stefan stephanie stephen sterling steven stingray stonecold storm stormtrooper stormy
  strawberry strength strong stuart student stupid success summer sunday sunflower sunny sunrise sunset
  sunshine superfly supergirl superhero superman supersecret superstar superuser support surfer surfing
  susan suzuki svetlana sweet sweetheart sweetie sweety swimmer swimming swordfish sydney sylvester sylvia
  syracuse sysadmin system tacobell talisman tamara tarheels tatiana taylor teacher teamo technics
  teletubbies temp temporary tennis tequiero tequila teresa terminal terminator test tester testing testtest
  texas thailand thankyou thegreat theodore thepassword theresa thirteen thomas thompson thuglife thunder
  thunderbird thursday tiffany tiger tigers tigger timothy tinkerbell titanic titanium titans together tokyo
  tomato tommyboy tomorrow toor topgun topsecret tornado toronto torres toshiba tottenham toyota traveler
  traveller treasure triangle trinidad trinity tristan trojans trombone trooper truck trucker truelove
  trumpet trustme trustno trustnoone tuesday tulip tupac turbo turkey turtle tweety twilight twitter ubuntu
  ultimate umbrella underdog undertaker united universe upload user username vacation valentin valentina
  valerie valhalla vampire vanessa vanhalen vanilla vegeta venus verbatim veronica victoria victory vikings
  viktoria vincent violet violin viper virginia vladimir vladislav vodka voldemort volkswagen volleyball
  voyager wachtwoord waffle walter warcraft warhammer warrior warriors waterloo wednesday weed weekend
  welcome welkom wendy westside westwood whale whatever whatsup whiskers whiskey whisky white whitney
  whocares wife wildfire william williams willkommen willow wilson windows winner winnie winniethepooh
  winning winter wizard wolf wolfpack wolverine wolves wonderwoman word work working wrangler wrestler
  wrestling xbox yahoo yamaha yankee yankees yellow yoda yolanda yosemite yourpass youtube zachary zaphod
  zaq12wsx zaq1zaq1 zelda zeppelin zeus zombie zxcv zxcvbn zxcvbnm zxczxc
`
    .trim()
    .split(/\s+/),
);
