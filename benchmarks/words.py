"""What names of poles and of their carriers are made of: words and proportions, frozen so that figures stay comparable.

Read off the transcribed ledger (heads, themes, coined stems and endings, acronyms, carriers), and widened with common
French words, first names and surnames of the kind that associations bear. Lists go from frequent to rare: they are
drawn from with falling weights. Nouns carry their article, which says their gender and number.
"""

from __future__ import annotations

__all__ = [
    "ABSTRACT", "ADJECTIVES", "CARRIER_HEADS", "CARRIER_TOWNS", "COMPLEMENTS", "ENDINGS", "FIRST_NAMES", "FORMS",
    "HEADS", "MOTTOES", "NOUNS", "SLOGANS", "STEMS", "SURNAMES", "SYLLABLES", "THEMES",
]  # fmt: skip


def _list(text: str) -> tuple[str, ...]:
    return tuple(" ".join(item.split()) for item in text.split("|"))


HEADS = _list(
    """le pôle|la maison|la filière|le cluster|l'écopôle|la fabrique|les ateliers|le réseau|la plateforme
    |le collectif|la coopérative|le tiers-lieu|le village|la halle|la micro-filière|le centre|l'atelier|la ruche
    |le comptoir|les jardins|le carrefour|l'écosystème|le laboratoire|le groupement|la cité|la manufacture
    |l'espace|le hub|les chantiers|la grappe|le campus|la recyclerie|le parc|l'alliance|la scène|le lab
    |le hameau|la ressourcerie|le quartier|la station|l'observatoire|l'union|le domaine|la boutique|l'usine
    |le garage"""
)
THEMES = _list(
    """l'alimentation durable|l'économie solidaire|l'économie circulaire|le réemploi|l'écoconstruction
    |la culture|l'insertion|la mobilité|le textile|l'agriculture urbaine|les énergies citoyennes|la transition
    |le numérique|les déchets|l'emploi|l'habitat participatif|le vélo|les musiques actuelles|la laine|le bois
    |l'autonomie|le maraîchage|le tourisme social|l'écologie industrielle|la santé de proximité
    |la petite enfance|le bâtiment|les métiers d'art|la rénovation|l'image|la meunerie|le recyclage
    |le bien-vieillir|les circuits courts|le livre|l'éducation populaire|le patrimoine|la mode et le design
    |la logistique|la forêt|le spectacle vivant|l'économie|la biodiversité|l'artisanat|la jeunesse|le sport
    |le handicap|les services à la personne|l'hospitalité|le chanvre|l'innovation sociale|la coopération
    |la nature|les savoir-faire|la restauration|l'eau|les énergies renouvelables|l'entrepreneuriat
    |la méthanisation|l'agroécologie|la pierre sèche|le compostage|les palettes|le verre|l'horticulture
    |les plantes médicinales|la viande|le lait|le pain|la bière|les châtaignes|l'olivier|la vigne|le cuir
    |la terre crue|la paille|le liège|l'osier|la céramique|la plasturgie|le jouet|le cinéma|la danse|le cirque
    |la radio|les langues|la lecture|la photographie|la pêche|la conchyliculture|la montagne|la randonnée
    |l'équitation|la réparation|l'informatique solidaire|les ordinateurs|les données|l'impression|le covoiturage
    |l'autopartage|la batellerie|le fret|l'aide à domicile|l'enfance|le grand âge|le logement|l'accueil
    |les migrants|la formation|l'apprentissage|les métiers verts|le soin|la prévention|les couches lavables
    |la consigne|le vrac|l'épicerie|la cantine|le goût"""
)
NOUNS = _list(
    """la fabrique|les ateliers|la ruche|la place|le moulin|la passerelle|la grange|le comptoir|l'archipel
    |la halle|les jardins|la coursive|le collectif|la boussole|le damier|la grappe|la manufacture|l'étincelle
    |le carrefour|la station|l'arbre|la source|le phare|les racines|la pépinière|le hangar|la ferme|l'accordeur
    |la verrière|les articulateurs|le chaudron|le village|l'escale|le relais|la bascule|les possibles|la cabane
    |le nid|l'îlot|la friche|le tremplin|les herbes|le levain|l'entrepôt|la forge|le quai|la traverse
    |les passeurs|le lavoir|la marmite|l'abeille|le sillon|la serre|les colporteurs|le préau|la gare|l'écluse
    |la cordée|les semeurs|la machinerie|le cocon|l'oasis|la grainerie|le ressort|les tisserands|la caravane
    |l'envol|le pressoir|la tannerie|le silo|les faiseurs|la clairière|l'équipage|la vague|le belvédère
    |les canaux|la filature|l'horloge|le tournesol|la californie|les interactifs|le potager|l'établi
    |la minoterie|les bâtisseurs|le kiosque|la bergerie|l'amarre|le plateau|les voisins|la lanterne|l'hirondelle
    |le terreau|la chaloupe|les remparts|la navette|l'ancrage|le repaire|la soupape|les rouages|le maillon
    |la tuilerie|l'engrenage|le buisson|la colline|les cigales|le colibri|la charpente|l'alambic|le verger
    |les coquelicots|la toupie|l'essaim|le labyrinthe|la pirogue|les lucioles|le baobab|la canopée|l'atoll
    |le lagon|les alizés|la mangrove|l'ébène|le filao|la case|les marmites|le four|la rotonde|l'agora|le forum
    |la chapelle|le prieuré|les tilleuls|la cantine|l'auberge|le refuge|la sente|le gué|les galets|la marée
    |le ponton|l'estran|le sémaphore|la criée|les dunes|la garrigue|le mas|la bastide|l'oliveraie|le maquis
    |les restanques|la calade|le causse|la combe|l'alpage|le chalet|les cimes|la cascade|le torrent|la houle
    |l'orée|le taillis"""
)
COMPLEMENTS = _list(
    """les possibles|le rond-point|le territoire|les initiatives|le gros morne|les amis|les anges|les deux rives
    |le lien|les savoirs|le vent|la terre|les saisons|le canal|la lune|l'avenir|les cultures|le marché|la tour
    |les transitions|les citoyens|le faubourg|la goutte d'or|les métiers|le pont|la paix|les abeilles|le soleil
    |la vallée|les quatre vents|l'horizon|les compagnons|le bocage|la rivière|les usages|le rail|la butte
    |les communs|la fontaine|le port|les arts|la forêt|les mots|le château|la mer|les rencontres|l'étang
    |les solidarités|le bout du monde|la place|les enfants|les pierres|le chemin|la colline|les idées|l'étoile
    |le temps|les femmes|la gare|les voisins|le plateau|la source|les tisserands|l'écluse|les moulins|le parc
    |la plaine|les vignes|le coteau|la citadelle|les cheminots|le lavoir|les mineurs|la corniche|les marais
    |le chêne|la loutre|les hérons|le cerf|la cigogne|les oiseaux|l'ours|le lynx|les bergers|la bruyère
    |les genêts|le tilleul|la sauge|les orties|l'ail des ours|le houblon|la garance|les simples"""
)
ADJECTIVES = _list(
    """solidaire|libre|utile|rouge|mobile|fertile|durable|sauvage|agile|nomade|populaire|jaune|magnétique
    |poétique|fantastique|pratique|électrique|aquatique|oblique|tranquille|habile|immobile|rustique|mécanique"""
)
ABSTRACT = _list(
    """culture|coopération|initiatives|territoire|solidarité|terre|vie|emploi|cité|habitat|nature|matières
    |couleurs|partage|citoyenneté|transition|ressources|avenir|art|jardins|métiers|savoirs|mobilité|santé
    |travail|démocratie|animation|innovation|création|horizon|passerelle|alternatives|énergie|jeunesse
    |patrimoine|numérique|écologie|proximité|autonomie|accueil|bien-être|sport|mémoire|paysages|commerce
    |agriculture|industrie|lien|ruralité|mer"""
)
SLOGANS = _list(
    """{a} et {b} {p}|{a}, {b} et territoire {p}|{a} et {b}|construire solidaire {p}|mieux manger {p}
    |{a} pour tous {p}|bien vieillir {p}|les amis {t} {p}|agir durable {p}|{a} en transition {p}
    |village {a} et {b} {p}|bio pour tous {p}|ensemble rénovons {n}|ensemble pour {n}|mieux vivre {p}
    |{a}, {b} {p}|entreprendre autrement {p}|{a} {p}|{a} partagée {p}|cap {a} {p}|objectif {a} {p}
    |produire et consommer {p}|bien manger {p}|habiter autrement {p}|terres {t} {p}|initiatives {t} {p}
    |tous ensemble {p}|du champ à l'assiette {p}|{a} sans frontières {p}|les métiers {t} {p}|{a} pour tous"""
)
MOTTOES = _list(
    """l'entrepreneuriat au service du territoire|le village des transitions|colorons la coopération
    |cluster d'entreprises|tiers-lieu solidaire|ensemble pour demain|pôle d'innovation sociale
    |une coopération d'acteurs|économie sociale et solidaire|au service des habitants"""
)
STEMS = _list(
    """éco|coop|co|recycl|solid|archi|bio|terri|agri|cultur|mobi|inser|alter|domo|vivi|orga|lumi|resso|inno
    |hydro|méca|valo|récup|brie|clus|arti|habit|rénov|textil|socio|numéri|artis|énergi|initi|échan|trans|horti
    |musi|figu|auton|citoy|villag|rural|urba|forest|labo|graph|ludo|médi|santé|sport|velo|palet|verr|boi|lain
    |fil|toil|pain|miel|fruti|légum|semen|compo|matér|bati|isol|thermi|sol|éoli|aqua|lito|mari|alpi|celti|armor
    |nord|oxy|néo|méta|syner|fédér"""
)
ENDINGS = _list(
    """lab|pôle|nat|ruche|sens|lien|acteurs|ressources|val|terre|fabrik|cité|monde|solies|nova|rural|form|bât
    |innov|axis|actions|ter|occ|sol|pal|up|net|zarts|o|ia|is|eo|vie|lib|mix|village|sphère|scop|tech|port|city
    |mod|press|éco|lieux|bois|home|food|way|loc|cycle|forêt|artisans|faire|habitat|emploi|verre|tex|mob|job|plus
    |one|ensemble|émoi"""
)
SYLLABLES = _list(
    """ta|te|ra|ka|ly|ze|dis|tro|re|al|so|da|vi|no|la|mi|lo|fa|ri|be|cal|dor|en|el|am|or|is|ju|va|na|po|le|ti|ma
    |sy|go|fe|li|ar|ol|ex|tan|ver|mon|bra|clo|fil|gra|hu|ik|jo|ke|lu|mu|ni|os|pi|qua|ro|sel|tou|ul|vo|xi|ya|za
    |bri|cré|dra"""
)
FORMS = _list(
    "association|association|association|association|SCIC|SCIC|SCIC|SCOP|coopérative|groupe|société|SAS|CAE|collectif"
)
CARRIER_HEADS = _list(
    """les jardins|les ateliers|la régie de quartier|l'entreprise d'insertion|le relais|la maison|les anges
    |la fédération|le réseau|l'union|le groupe|la mission locale|le foyer|le centre social|la chambre
    |le syndicat mixte|la mutuelle|la fondation|le club|le comité|la ligue|l'institut|l'agence|l'atelier
    |la compagnie|le secours|les amis|le comptoir|l'espace|la société coopérative|le chantier d'insertion
    |la ressourcerie|le groupement d'employeurs|la ferme"""
)
CARRIER_TOWNS = _list(
    """communauté de communes {of}|communauté d'agglomération {of}|comité de bassin d'emploi {of}|ville {of}
    |régie de territoire {of}|mission locale {of}|centre social {of}|commune {of}|foyer rural {of}|CCAS {of}
    |maison de l'emploi {of}|régie de quartier {of}|{name} initiatives|association pour le développement {of}
    |maison des jeunes et de la culture {of}|{name} insertion|{name} solidarité|syndicat mixte {of}"""
)
FIRST_NAMES = _list(
    """jean|pierre|marie|jacques|louis|paul|jeanne|andré|michel|henri|rené|marcel|georges|claude|simone|charles
    |françois|anne|joseph|robert|émile|madeleine|lucie|maurice|albert|rosa|victor|germaine|roger|camille|gabriel
    |suzanne|léon|antoine|denise|olympe|gaston|élise|raymond|geneviève|fernand|louise|edgar|marguerite|eugène
    |lucien|yvonne|gilbert|thérèse|aimé|hélène|félix|édouard|blanche|alphonse|colette|augustin|berthe|léo
    |danielle|benoît|célestin|joséphine"""
)
SURNAMES = _list(
    """martin|bernard|dubois|thomas|robert|richard|petit|durand|leroy|moreau|simon|laurent|lefebvre|michel
    |garcia|david|bertrand|roux|vincent|fournier|morel|girard|andré|lefèvre|mercier|dupont|lambert|bonnet
    |françois|martinez|legrand|garnier|faure|rousseau|blanc|guérin|muller|henry|roussel|nicolas|perrin|morin
    |mathieu|clément|gauthier|dumont|lopez|fontaine|chevalier|robin|masson|sanchez|gérard|nguyen|boyer|denis
    |lemaire|duval|joly|gautier|roger|roche|roy|noël|meyer|lucas|meunier|jean|perez|marchand|dufour|blanchard
    |marie|barbier|brun|dumas|brunet|schmitt|leroux|colas|fernandez|pierre|renard|arnaud|rolland|caron|aubert
    |giraud|leclerc|vidal|bourgeois|renaud|lemoine|picard|gaillard|philippe|leclercq|lacroix|fabre|dupuis
    |olivier|rodriguez|da silva|hubert|louis|charles|guillot|rivière|le gall|guillaume|adam|rey|moulin|gonzalez
    |berger|lecomte|ménard|fleury|deschamps|carpentier|julien|benoît|paris|maillard|marchal|aubry|vasseur
    |le roux|renault|jacquet|collet|prévost|poirier|charpentier|royer|huet|baron|dupuy|pons|paul|lainé|carré
    |breton|rémy|schneider|perrot|guyot|barre|marty|cousin|archer|bertin|boutaric|salengro|jaurès|moulinier
    |chapelle|delmas|cazenave|etcheverry|le bihan|kerbrat|le goff|abgrall|quéré|tanguy|riou|cariou|le corre
    |wagner|klein|weber|becker|hoffmann|schwartz|zimmermann|keller|vandamme|delattre|dewaele|vermeersch|desmet
    |leblond|castel|puech|bousquet|cros|combes|vialat|chassagne|teyssier|bonhomme|gay|pascal|chauvet|ravel
    |blanchet|allard|besson|cordier|monnier|bouvier|jacob|pasquier|rousset|vallet|bailly|gilles|lebrun|hamon
    |lelièvre|besnard|tessier|hervé|loiseau|barbe|millet|bouchet|peltier|gros|coulon|bazin|weiss|mallet|charrier
    |gomez|perret|grondin|payet|hoarau|boyer|fontaine|dijoux|maillot|césaire|schoelcher|lagardère|bellance
    |toussaint|delgrès|éboué|damas|galmot|ibinga"""
)
